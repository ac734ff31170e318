/**
 * How long nobody's write is acknowledged when the leader is killed, beside plain clients in the same rounds. Each round also
 * holds what was acknowledged against what is there, and what clients and a watch of the backend were told against each other;
 * what is wrong ends the bench.
 */

import { createRaftBackend } from "@engenho/backend-raft";
import {
  checkLinearizability,
  checkWatches,
  HistoryRecorder,
  type ObservedEvent,
} from "@engenho/conformance";
import { etcd, type EtcdCluster, findServer, startEtcd } from "@engenho/testbed";
import type { BenchCase, Contestant, Trial } from "../../src/bench-case.ts";
import { byRound } from "../../src/fixtures.ts";
import { freshPrefix } from "./cluster.ts";
import { PlainClient } from "./plain-client.ts";

/** Of each kind: several, so that one call that hangs is not all. */
const CLIENTS = 8;
/** Writes that each kind must have acknowledged before the kill, and after it. */
const ENOUGH = 50;
const kind = "ConfigMap";
/** How long a call of a plain client may take, in milliseconds; the backend's is 5 s by itself. */
const plainDeadlines = { plain: 5_000, impatient: 1_000 };

/** Seconds without an acknowledged write. */
type Gaps = Readonly<Record<"backend" | keyof typeof plainDeadlines, number>>;

/** When writes were acknowledged. */
class Acknowledgements {
  count = 0;
  longest = 0;
  #last = performance.now();

  add(): void {
    const now = performance.now();
    this.longest = Math.max(this.longest, (now - this.#last) / 1000);
    this.#last = now;
    this.count++;
  }
}

/** What writes until it is over, and then says whether anything is wrong. */
interface Party {
  readonly acknowledged: Acknowledgements;
  write(isOver: () => boolean): Promise<void>;
  check(): Promise<void>;
  close(): Promise<void>;
}

async function openBackend(endpoints: readonly string[]): Promise<Party> {
  const store = await createRaftBackend({ endpoints, prefix: freshPrefix() });
  const recorder = new HistoryRecorder({ trouble: "told" });
  const acknowledged = new Acknowledgements();
  const events: ObservedEvent[] = [];
  const watch = await store.watch(kind, undefined, "yaml");
  const refOf = (id: number) => ({ kind, namespace: "default", name: `w${id}` });
  let [final, isComplete]: [string | undefined, () => void] = [undefined, () => {}];
  const follow = async (): Promise<void> => {
    for await (const event of watch) {
      events.push(recorder.observe(store, event));
      if ("resource" in event && event.resource.ref.name === final) isComplete();
    }
  };
  const following = follow();
  return {
    acknowledged,
    write: async (isOver) => {
      const client = async (id: number): Promise<void> => {
        for (let i = 0; !isOver(); i++) {
          const { type } = await recorder.write(id, store, { ref: refOf(id), value: `${i}` });
          if (type === "created" || type === "replaced") acknowledged.add();
        }
      };
      await Promise.all(Array.from({ length: CLIENTS }, (_, id) => client(id)));
    },
    check: async () => {
      const complete = new Promise<void>((resolve) => void (isComplete = resolve));
      final = "last";
      const last = { kind, namespace: "default", name: final };
      await recorder.write(CLIENTS, store, { ref: last, value: "0" });
      for (let id = 0; id < CLIENTS; id++) await recorder.get(id, store, refOf(id));
      await complete;
      const linear = checkLinearizability(recorder.history);
      const watched = checkWatches(recorder.history, [{ name: "watch", events }]);
      if (linear.verdict === "illegal") throw new Error(linear.lines.join("\n"));
      if (watched.verdict === "illegal")
        throw new Error(watched.violations.flatMap(({ lines }) => lines).join("\n"));
    },
    close: async () => {
      await store.close();
      await following;
    },
  };
}

function openPlain(endpoints: readonly string[], deadlineMs: number): Party {
  const client = new PlainClient(endpoints, deadlineMs);
  const acknowledged = new Acknowledgements();
  const prefix = freshPrefix();
  const lasts = Array.from({ length: CLIENTS }, () => -1);
  return {
    acknowledged,
    write: async (isOver) => {
      const writer = async (id: number): Promise<void> => {
        for (let i = 0; !isOver(); i++) {
          if (!(await client.put(`${prefix}/${id}`, `${i}`))) continue;
          acknowledged.add();
          lasts[id] = i;
        }
      };
      await Promise.all(lasts.map((_, id) => writer(id)));
    },
    check: async () => {
      for (const [id, last] of lasts.entries()) {
        const found = Number(await client.get(`${prefix}/${id}`));
        if (!(found >= last)) throw new Error(`a plain client's write ${last} is lost: ${found}`);
      }
    },
    close: async () => client.close(),
  };
}

/** Kills the leader under everybody's writes, and starts it again. */
async function loseLeader(cluster: EtcdCluster, round: number): Promise<Gaps> {
  const { length } = cluster.endpoints;
  // Some begin at the leader and some at a follower: everybody alike.
  const first = (round + length) % length;
  const endpoints = [...cluster.endpoints.slice(first), ...cluster.endpoints.slice(0, first)];
  const backend = await openBackend(endpoints);
  const [plain, impatient] = [
    openPlain(endpoints, plainDeadlines.plain),
    openPlain(endpoints, plainDeadlines.impatient),
  ];
  const parties = [backend, plain, impatient];
  let isOver = false;
  /**
   * Once they are set, who has enough writes no more: what the fast write while the slow wait for their deadlines, the killed member
   * would have to catch up with, and one that is more than 5,000 writes behind takes minutes ("too many requests").
   */
  let lastGoals: readonly number[] = [];
  const writing = parties.map((party, i) =>
    party.write(() => isOver || party.acknowledged.count >= (lastGoals[i] ?? Infinity)),
  );
  const goalsFromNow = (): readonly number[] =>
    parties.map(({ acknowledged }) => acknowledged.count + ENOUGH);
  const reached = async (goals: readonly number[]): Promise<void> => {
    while (parties.some(({ acknowledged }, i) => acknowledged.count < (goals[i] ?? 0)))
      await new Promise((resolve) => setTimeout(resolve, 10));
  };
  try {
    const leader = await cluster.leader();
    await reached(goalsFromNow());
    for (const { acknowledged } of parties) acknowledged.longest = 0;
    await leader.kill();
    lastGoals = goalsFromNow();
    await reached(lastGoals);
    isOver = true;
    await Promise.all(writing);
    await leader.start();
    await cluster.healthy();
    for (const party of parties) await party.check();
  } finally {
    isOver = true;
    for (const party of parties) await party.close();
  }
  return {
    backend: backend.acknowledged.longest,
    plain: plain.acknowledged.longest,
    impatient: impatient.acknowledged.longest,
  };
}

/** A cluster of their own, for the other cases need theirs whole. */
const cluster = shared(async () => startEtcd({ server: await findServer(etcd), size: 3 }));
const roundOf = byRound((): { gaps?: Promise<Gaps> } => ({}));

function shared(start: () => Promise<EtcdCluster>) {
  let [started, users]: [Promise<EtcdCluster> | undefined, number] = [undefined, 0];
  return {
    open: (): Promise<EtcdCluster> => {
      users++;
      return (started ??= start());
    },
    close: async (): Promise<void> => {
      if (--users > 0) return;
      await (await started)?.close();
      started = undefined;
    },
  };
}

/** Whoever comes first in a round has the leader killed for all. */
function contestant(of: keyof Gaps, name: string, note: string): Contestant {
  return {
    name,
    note,
    open: async (): Promise<Trial> => {
      const members = await cluster.open();
      let [round, figure] = [0, Number.NaN];
      return {
        before: (present) => void (round = present),
        run: async () => {
          const present = roundOf(round);
          present.gaps ??= loseLeader(members, round);
          figure = (await present.gaps)[of];
        },
        figure: () => figure,
        close: cluster.close,
      };
    },
  };
}

export const leaderLoss: BenchCase = {
  name: "seconds without an acknowledged write after kill -9 of the leader",
  measures: "seconds",
  operations: { full: 1, small: 1, tiny: 1 },
  rounds: { full: 20, small: 5, tiny: 1 },
  subject: contestant(
    "backend",
    "etcd-raft backend, 8 writers",
    "loses no acknowledged write, and what its clients and its watch are told is checked in each round",
  ),
  floor: contestant(
    "plain",
    "grpc-js, 8 writers, deadlines of 5 s",
    "is one channel to all members, with grpc-js's own choice among them, and writes anew what fails",
  ),
  peers: [
    contestant(
      "impatient",
      "grpc-js, 8 writers, deadlines of 1 s",
      "is the same, and gives calls up that the backend would wait for",
    ),
  ],
  bar: { atMost: 1.3 },
};
