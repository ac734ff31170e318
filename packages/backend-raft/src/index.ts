/** A StoreBackend on an etcd cluster. */

export { createRaftBackend } from "./open-raft-backend.ts";
export type { RaftBackendOptions } from "./raft-options.ts";
