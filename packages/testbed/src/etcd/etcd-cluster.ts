/** An etcd cluster of real processes, with what it takes to make its life hard. */

import { freePorts } from "../run/free-ports.ts";
import { type Network, openNetwork } from "../run/network.ts";
import { until } from "../run/until.ts";
import { openWorkspace, type Workspace } from "../run/workspace.ts";
import type { FoundServer } from "../servers/find-server.ts";
import { createMember, type EtcdMember, type MemberPlan, untilHealthy } from "./etcd-member.ts";

/** What cluster to start. */
export interface EtcdClusterOptions {
  /** What {@link findServer} found. */
  readonly server: FoundServer;
  /** How many members. Default 1. */
  readonly size?: number;
  /**
   * Whether each member is a host of its own in network namespaces, which `network` can separate.
   * Needs root. Default false: all on the loopback address.
   */
  readonly namespaces?: boolean;
  /** More arguments for every member: `["--quota-backend-bytes", "16777216"]`. Default none. */
  readonly flags?: readonly string[];
}

/** A cluster that runs. Closing it leaves nothing behind. */
export interface EtcdCluster extends AsyncDisposable {
  /** In a fixed order. */
  readonly members: readonly EtcdMember[];
  /** Where clients reach the members. */
  readonly endpoints: readonly string[];
  /** Pulls cables, where the members are hosts of their own: their index is the host's. */
  readonly network: Network | undefined;
  /** The member that leads, once there is one: of several that think so, that of the latest term. */
  leader(): Promise<EtcdMember>;
  /** Starts and resumes nothing: waits until every member is healthy. */
  healthy(): Promise<void>;
  /** Ends all members and removes their data. Idempotent. */
  close(): Promise<void>;
}

/** How often a start is tried with other ports if one was taken meanwhile. */
const ATTEMPTS = 3;

/**
 * Starts a cluster and resolves when it is healthy. It ends when it is closed, and with this process,
 * however that ends.
 *
 * @example
 * await using cluster = await startEtcd({ server, size: 3 });
 * await (await cluster.leader()).kill();
 *
 * @throws Error With the end of a member's log.
 */
export async function startEtcd(options: EtcdClusterOptions): Promise<EtcdCluster> {
  for (let attempt = 1; ; attempt++) {
    const workspace = await openWorkspace();
    try {
      return await startIn(workspace, options);
    } catch (error) {
      await workspace.close();
      const portWasTaken =
        error instanceof Error && error.message.includes("address already in use");
      if (!portWasTaken || attempt === ATTEMPTS) throw error;
    }
  }
}

async function startIn(workspace: Workspace, options: EtcdClusterOptions): Promise<EtcdCluster> {
  const { size = 1, namespaces = false } = options;
  const network = namespaces ? await openNetwork(workspace, size) : undefined;
  const plans = await planMembers(size, network, options);
  const members = plans.map((plan) => createMember(workspace, plan));
  for (const member of members) await member.start();
  await untilHealthy(members);
  const close = async (): Promise<void> => {
    await network?.close();
    await workspace.close();
  };
  return {
    members,
    endpoints: members.map(({ endpoint }) => endpoint),
    network,
    leader: () => until("a leader", () => leaderOf(members)),
    healthy: () => untilHealthy(members),
    close,
    [Symbol.asyncDispose]: close,
  };
}

async function planMembers(
  size: number,
  network: Network | undefined,
  { server, flags = [] }: EtcdClusterOptions,
): Promise<readonly MemberPlan[]> {
  const ports = network === undefined ? await freePorts(2 * size) : [];
  const places = Array.from({ length: size }, (_, index) => {
    const host = network?.hosts[index];
    const [clientPort, peerPort] = [ports[2 * index] ?? 2379, ports[2 * index + 1] ?? 2380];
    return {
      name: `m${index}`,
      clientUrl: `http://${host?.clientAddress ?? "127.0.0.1"}:${clientPort}`,
      peerUrl: `http://${host?.peerAddress ?? "127.0.0.1"}:${peerPort}`,
      prefix: host?.prefix ?? [],
    };
  });
  const peers = places.map(({ name, peerUrl }) => `${name}=${peerUrl}`).join(",");
  const shared = ["--initial-cluster", peers, "--logger", "zap", "--log-level", "warn"];
  return places.map((place) => ({ ...place, command: [server.path, ...shared, ...flags] }));
}

/** One that was cut off may think that it leads still: the later term is right. */
async function leaderOf(members: readonly EtcdMember[]): Promise<EtcdMember | undefined> {
  const terms = await Promise.all(members.map((member) => member.leadsInTerm()));
  const latest = Math.max(...terms.map((term) => term ?? -1));
  return latest === -1 ? undefined : members[terms.indexOf(latest)];
}
