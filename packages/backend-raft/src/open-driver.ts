/** Opens a driver over etcd as a backend. */

import { createBackend, type StoreBackend } from "@engenho/sdk";
import type { MemberDriver } from "./member/member-driver.ts";
import type { RaftDriver } from "./raft-driver.ts";
import type { RaftStoreOptions } from "./raft-options.ts";

/** What messages call this backend. */
export const backendName = "etcd-raft";

/** What etcd takes is 1.5 MiB; the envelope and its key need some of it. */
const MOST_BODY_BYTES = 1024 * 1024;

/** Closes the driver if it can't. */
export function openDriver(
  driver: RaftDriver | MemberDriver,
  { reads = "linearizable", adapters = [] }: RaftStoreOptions,
): Promise<StoreBackend> {
  return createBackend(driver, {
    name: backendName,
    adapters,
    capabilities: {
      durability: "process",
      sharing: "shared",
      reads,
      maxBodyBytes: MOST_BODY_BYTES,
    },
  });
}
