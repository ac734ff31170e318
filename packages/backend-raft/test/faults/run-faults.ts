/** One fault after another, for as long as asked. */

import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { HistoryRecorder } from "@engenho/conformance";
import type { StoreBackend } from "@engenho/sdk";
import { type FoundServer, networkProblem, startEtcd } from "@engenho/testbed";
import { createRaftBackend } from "../../src/index.ts";
import { clusterFlags, type Fault, faults } from "./faults.ts";
import type { RoundResult } from "./judge-round.ts";
import { runRound } from "./run-round.ts";
import { kind } from "./settle.ts";
import { WatchObserver } from "./watch-observer.ts";

/** What to run. */
export interface FaultsPlan {
  readonly server: FoundServer;
  /** Decides what clients do, and which follower is hit. The n-th round has the seed plus n. */
  readonly seed: number;
  /** At least so long; each fault once at least. */
  readonly minutes: number;
  /** Only faults with this in their name. */
  readonly only?: string | undefined;
  /** Is told of each round as it ends. */
  readonly progress?: (round: RoundResult) => void;
}

/** What became of it. */
export interface FaultsResult {
  readonly rounds: readonly RoundResult[];
  /** How much more of the heap was used after the last round than after each fault had been there once, in bytes; after collections. */
  readonly heapGrowth: number;
  /** Why faults were left out, in one line. */
  readonly leftOut: string | undefined;
}

/** On each member there are handles whose first choice it is. */
const HANDLES = 4;

export async function runFaults(plan: FaultsPlan): Promise<FaultsResult> {
  const problem = await networkProblem();
  const chosen = faults.filter(
    ({ name, needsNetwork }) =>
      name.includes(plan.only ?? "") && (needsNetwork !== true || problem === undefined),
  );
  if (chosen.length === 0) throw new Error(`faults: ${faults.map(({ name }) => name).join(", ")}`);
  await using cluster = await startEtcd({
    server: plan.server,
    size: 3,
    namespaces: problem === undefined,
    flags: clusterFlags,
  });
  const { endpoints } = cluster;
  const handles: StoreBackend[] = [];
  const observers: WatchObserver[] = [];
  try {
    for (let i = 0; i < HANDLES; i++) {
      const first = i % endpoints.length;
      const own = [...endpoints.slice(first), ...endpoints.slice(0, first)];
      const backend = await createRaftBackend({ endpoints: own, prefix: "faults" });
      handles.push(backend);
      const recorder = new HistoryRecorder();
      const name = `watch of handle ${i}`;
      observers.push(new WatchObserver({ name, backend, kind, concerns: () => false, recorder }));
    }
    const stage = { cluster, handles: handles as [StoreBackend], observers };
    const { rounds, heapGrowth } = await rotate(chosen, plan, (fault, seed) =>
      runRound(fault, stage, seed),
    );
    const leftOut = chosen.length < faults.length && plan.only === undefined ? problem : undefined;
    return { rounds, heapGrowth, leftOut };
  } finally {
    for (const observer of observers) await observer.close();
    for (const handle of handles) await handle.close();
  }
}

async function rotate(
  chosen: readonly Fault[],
  { seed, minutes, progress }: FaultsPlan,
  run: (fault: Fault, seed: number) => Promise<RoundResult>,
): Promise<Pick<FaultsResult, "rounds" | "heapGrowth">> {
  const rounds: RoundResult[] = [];
  const end = performance.now() + 60_000 * minutes;
  let afterFirst = 0;
  while (rounds.length < chosen.length || performance.now() < end) {
    const fault = chosen[rounds.length % chosen.length] as Fault;
    const round = await run(fault, seed + rounds.length);
    rounds.push(round);
    progress?.(round);
    if (rounds.length === chosen.length) afterFirst = heapInUse();
  }
  return { rounds, heapGrowth: heapInUse() - afterFirst };
}

/** In bytes, without garbage. */
function heapInUse(): number {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  collect();
  collect();
  return process.memoryUsage().heapUsed;
}
