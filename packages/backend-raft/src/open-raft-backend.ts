/** Opens a store on an etcd cluster. */

import { BackendError, createBackend, type StoreBackend } from "@engenho/sdk";
import { EtcdClient } from "./etcd/etcd-client.ts";
import { layoutOf } from "./layout.ts";
import { RaftDriver } from "./raft-driver.ts";
import type { RaftBackendOptions } from "./raft-options.ts";

const name = "etcd-raft";
/** What etcd takes is 1.5 MiB; the envelope and its key need some of it. */
const MOST_BODY_BYTES = 1024 * 1024;

/**
 * Opens the store with this prefix; where there is none, it is made.
 *
 * @throws BackendError with verb `open`: `invalid_reference` for the prefix, `unavailable` where no member with a quorum
 * answers, `permission_denied`. TypeError for options that can't be.
 *
 * @example
 * const store = await createRaftBackend({ endpoints: ["http://127.0.0.1:2379"], prefix: "shop" });
 */
export async function createRaftBackend(options: RaftBackendOptions): Promise<StoreBackend> {
  const { endpoints, prefix, reads = "linearizable", timeoutMs = 5_000, adapters = [] } = options;
  checkEndpoints(endpoints);
  if (typeof prefix !== "string") throw new TypeError("prefix must be a string");
  const layout = inOpen(() => layoutOf(prefix));
  const client = new EtcdClient({ ...options, timeoutMs });
  return createBackend(new RaftDriver(client, layout), {
    name,
    adapters,
    capabilities: {
      durability: "process",
      sharing: "shared",
      reads,
      maxBodyBytes: MOST_BODY_BYTES,
    },
  });
}

function inOpen<T>(act: () => T): T {
  try {
    return act();
  } catch (error) {
    throw BackendError.from(error, { backend: name, verb: "open" });
  }
}

function checkEndpoints(endpoints: readonly string[]): void {
  if (!Array.isArray(endpoints) || endpoints.length === 0)
    throw new TypeError("endpoints must be a list of at least one");
  for (const endpoint of endpoints) {
    if (!/^https?:\/\/[^/?#@]+$/.test(String(endpoint)))
      throw new TypeError("endpoints must look like https://host:2379");
  }
}
