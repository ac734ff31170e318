/** What happens to a cluster while clients work on it. Each fault ends with what it broke mended. */

import { setTimeout as sleep } from "node:timers/promises";
import type { EtcdCluster } from "@engenho/testbed";
import { gateway } from "../support.ts";
import type { Random } from "./random.ts";

/** Where a fault happens. */
interface Scene {
  readonly cluster: EtcdCluster;
  readonly random: Random;
  /** The member that a handle follows for its watches. */
  watchedEndpoint(): unknown;
  /** Resolves when clients were told of so many more writes that they have happened. */
  written(count: number): Promise<void>;
}

/** A fault. */
export interface Fault {
  readonly name: string;
  /** Whether it takes a network of its own. */
  readonly needsNetwork?: boolean;
  strike(scene: Scene): Promise<void>;
}

/** How long a member stalls or is cut off, in milliseconds. */
const STALL_MS = 5_000;
/** So many writes show that a cluster works. */
const SOME = 50;
/** So much fits into a database, which faults fill; what clients write in a run is far less. */
const QUOTA_BYTES = 64 * 1024 * 1024;

/** What members are started with. */
export const clusterFlags: readonly string[] = ["--quota-backend-bytes", String(QUOTA_BYTES)];

export const faults: readonly Fault[] = [
  {
    name: "kill -9 of the leader",
    strike: async ({ cluster, written }) => {
      const leader = await cluster.leader();
      await leader.kill();
      await written(SOME);
      await leader.start();
    },
  },
  {
    name: "kill -9 of a follower",
    strike: async (scene) => {
      const follower = await someFollower(scene);
      await follower.kill();
      await scene.written(SOME);
      await follower.start();
    },
  },
  {
    name: "SIGSTOP of the leader",
    strike: async ({ cluster }) => {
      const leader = await cluster.leader();
      leader.pause();
      await sleep(STALL_MS);
      leader.resume();
    },
  },
  {
    name: "partition of the leader",
    needsNetwork: true,
    strike: async ({ cluster, written }) => {
      const leader = cluster.members.indexOf(await cluster.leader());
      const others = cluster.members.map((_, index) => index).filter((index) => index !== leader);
      await cluster.network?.partition([others]);
      await Promise.all([sleep(STALL_MS), written(SOME)]);
      await cluster.network?.heal();
    },
  },
  {
    name: "leader cut off from clients",
    needsNetwork: true,
    strike: async ({ cluster, written }) => {
      const leader = cluster.members.indexOf(await cluster.leader());
      await cluster.network?.setClientCable(leader, false);
      await Promise.all([sleep(STALL_MS), written(SOME)]);
      await cluster.network?.setClientCable(leader, true);
    },
  },
  {
    name: "compaction under watch",
    strike: async (scene) => {
      const follower = await watchedFollower(scene);
      const { endpoint } = await scene.cluster.leader();
      follower.pause();
      // While its watches wait for it: where they are opened then, they find what they missed forgotten, but for the newest.
      for (let i = 0; i < 2; i++) await gateway(endpoint, "kv/put", { key: filler, value: "" });
      await compact(endpoint);
      await sleep(STALL_MS);
      follower.resume();
    },
  },
  {
    name: "restart of all members",
    strike: async ({ cluster: { members } }) => {
      await Promise.all(members.map((member) => member.kill()));
      await Promise.all(members.map((member) => member.start()));
    },
  },
  {
    name: "full disk",
    strike: async ({ cluster }) => {
      await fill(cluster);
      await sleep(500);
      const { endpoint } = await cluster.leader();
      await gateway(endpoint, "kv/deleterange", { key: filler });
      await compact(endpoint);
      for (const member of cluster.members)
        await gateway(member.endpoint, "maintenance/defragment", {});
      await disarm(endpoint);
    },
  },
];

const filler = btoa("filler");

async function someFollower({ cluster, random }: Scene) {
  const leader = await cluster.leader();
  const [one, ...others] = cluster.members.filter((member) => member !== leader);
  if (one === undefined) throw new Error("a cluster of one has no follower");
  return random.pick([one, ...others]);
}

/** A follower that serves watches: the member that does hands its leadership over if it has it. */
async function watchedFollower({ cluster, watchedEndpoint }: Scene) {
  const { members } = cluster;
  const endpoint = watchedEndpoint();
  const watched = members.find((member) => member.endpoint === endpoint);
  const other = members.find((member) => member !== watched);
  if (watched === undefined || other === undefined) throw new Error("no member serves the watch");
  for (let leader = await cluster.leader(); leader === watched; leader = await cluster.leader()) {
    const { header } = (await gateway(other.endpoint, "maintenance/status", {})) as {
      readonly header: { readonly member_id: string };
    };
    const targetID = header.member_id;
    await gateway(watched.endpoint, "maintenance/transfer-leadership", { targetID });
  }
  return watched;
}

/** Ends every alarm. */
async function disarm(endpoint: string): Promise<void> {
  for (;;) {
    const { alarms = [] } = (await gateway(endpoint, "maintenance/alarm", { action: "GET" })) as {
      readonly alarms?: readonly { readonly memberID: string; readonly alarm: string }[];
    };
    if (alarms.length === 0) return;
    for (const alarm of alarms)
      await gateway(endpoint, "maintenance/alarm", { action: "DEACTIVATE", ...alarm });
  }
}

/** Forgets every revision but the newest. */
async function compact(endpoint: string): Promise<void> {
  const answer = (await gateway(endpoint, "kv/range", { key: filler })) as {
    readonly header: { readonly revision: string };
  };
  await gateway(endpoint, "kv/compaction", { revision: answer.header.revision, physical: true });
}

/** Writes beside all stores until etcd takes no more. */
async function fill(cluster: EtcdCluster): Promise<void> {
  const value = Buffer.alloc(1024 * 1024, "x").toString("base64");
  for (let i = 0; i < (2 * QUOTA_BYTES) / value.length; i++) {
    const { endpoint } = await cluster.leader();
    const isFull = await gateway(endpoint, "kv/put", { key: filler, value }).then(
      () => false,
      (error: unknown) => String(error).includes("database space exceeded"),
    );
    if (isFull) return;
  }
  throw new Error("the database did not fill");
}
