/** A StoreBackend on an etcd cluster. */

export { createRaftBackend } from "./open-raft-backend.ts";
export type { RaftMemberBackend } from "./open-raft-member.ts";
export type { RaftMemberStatus } from "./member/member.ts";
export type { RaftBackendOptions, RaftMemberOptions, RaftStoreOptions } from "./raft-options.ts";
