/** Opens a store on an etcd cluster: one that is there, or one that this process runs a member of. */

import { BackendError, type StoreBackend } from "@engenho/sdk";
import { checkEndpoints, checkOptions } from "./check-options.ts";
import { EtcdClient } from "./etcd/etcd-client.ts";
import { layoutOf } from "./layout.ts";
import { backendName, openDriver } from "./open-driver.ts";
import { openRaftMember, type RaftMemberBackend } from "./open-raft-member.ts";
import { RaftDriver } from "./raft-driver.ts";
import type { RaftBackendOptions, RaftMemberOptions } from "./raft-options.ts";

/**
 * Opens the store with this prefix on a cluster that is there; where there is none, it is made.
 *
 * @throws BackendError with verb `open`: `invalid_reference` for the prefix, `unavailable` where no member with a quorum
 * answers, `permission_denied`. TypeError for options that can't be.
 *
 * @example
 * const store = await createRaftBackend({ endpoints: ["http://127.0.0.1:2379"], prefix: "shop" });
 */
export function createRaftBackend(options: RaftBackendOptions): Promise<StoreBackend>;
/**
 * Runs this node's member of a cluster, and opens a store on it. The first boot founds the cluster with `peers`, later ones
 * know it from `logDir`. It resolves once the member is one of a quorum: on a first boot, when more than half of the nodes
 * have been started.
 *
 * etcd ends when the store is closed and when this process ends, by SIGKILL too. When it ends by itself, it is started
 * again, after ever longer pauses; meanwhile other members are asked.
 *
 * @throws BackendError with verb `open`: `unavailable` where there is no etcd program, where it ends again and again or is
 * not one of a quorum in time, `unsupported` where it is too old, `locked` where the directory is in use, `conflict` where
 * it is another node's or was begun with other peers, `corrupt` where it has lost its log, `permission_denied`, `invalid_reference` for the prefix.
 * TypeError for options that can't be, and for `http` off the loopback address without `insecure`.
 *
 * @example
 * const store = await createRaftBackend({
 *   nodeId: 1,
 *   peers: { 1: "http://127.0.0.1:2380" },
 *   logDir: "/var/lib/shop",
 * });
 */
export function createRaftBackend(options: RaftMemberOptions): Promise<RaftMemberBackend>;
export async function createRaftBackend(
  options: RaftBackendOptions | RaftMemberOptions,
): Promise<StoreBackend> {
  checkOptions(options);
  try {
    return await (isOfMember(options) ? openRaftMember(options) : openOnCluster(options));
  } catch (error) {
    if (error instanceof TypeError) throw error;
    throw BackendError.from(error, { backend: backendName, verb: "open" });
  }
}

/** @throws TypeError for what is half of one and half of the other. */
function isOfMember(options: RaftBackendOptions | RaftMemberOptions): options is RaftMemberOptions {
  const given: Partial<Record<"endpoints" | "nodeId" | "peers" | "logDir", unknown>> = options;
  const { endpoints, nodeId, peers, logDir } = given;
  if (nodeId !== undefined && endpoints !== undefined)
    throw new TypeError("give endpoints or nodeId, not both");
  if (nodeId === undefined && endpoints === undefined && (peers ?? logDir) !== undefined)
    throw new TypeError("nodeId is missing: which of the peers this node is");
  return nodeId !== undefined;
}

async function openOnCluster(options: RaftBackendOptions): Promise<StoreBackend> {
  const { prefix, timeoutMs = 5_000 } = options;
  const endpoints = checkEndpoints(options.endpoints);
  if (typeof prefix !== "string") throw new TypeError("prefix must be a string");
  const layout = layoutOf(prefix);
  const client = new EtcdClient({ ...options, endpoints, timeoutMs });
  return openDriver(new RaftDriver(client, layout), options);
}
