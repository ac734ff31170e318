/** One fault under clients and watches. */

import { setTimeout as sleep } from "node:timers/promises";
import { HistoryRecorder, type OperationResult } from "@engenho/conformance";
import { formatReference, type ResourceRef, type StoreBackend } from "@engenho/sdk";
import type { EtcdCluster } from "@engenho/testbed";
import { runClient } from "./client.ts";
import type { Fault } from "./faults.ts";
import { judgeRound, type RoundResult } from "./judge-round.ts";
import { Random } from "./random.ts";
import { clear, kind, settled } from "./settle.ts";
import { WatchObserver } from "./watch-observer.ts";

/** What rounds share. */
export interface Stage {
  readonly cluster: EtcdCluster;
  /** Handles of one store: clients take turns with them. */
  readonly handles: readonly [StoreBackend, ...StoreBackend[]];
  /** A watch of each handle, which go through all rounds. */
  readonly observers: readonly WatchObserver[];
}

const [CLIENTS, RESOURCES] = [16, 20];
/** So many writes before a fault and after it; and in it, before another watch. */
const [CALM_WRITES, SOME_WRITES] = [100, 20];
/** For a write to be acknowledged, in whatever trouble. */
const PROGRESS_MS = 60_000;

/** Runs one, and judges it; `seed` decides what clients do. */
export async function runRound(
  fault: Fault,
  { cluster, handles, observers }: Stage,
  seed: number,
): Promise<RoundResult> {
  const random = new Random(seed);
  const recorder = new HistoryRecorder({ trouble: "told" });
  const prefix = `r${seed}-`;
  const refs = Array.from({ length: RESOURCES }, (_, i) => ({
    ...{ kind, namespace: "default", name: `${prefix}${i}` },
  })) as [ResourceRef, ...ResourceRef[]];
  const resources = new Set(refs.map(formatReference));
  const concerns = (resource: string): boolean => resources.has(resource);
  for (const observer of observers) observer.begin({ concerns, recorder });

  let [acknowledged, isOver] = [0, false];
  const told = ({ type }: OperationResult): void => {
    if (type === "created" || type === "replaced" || type === "deleted") acknowledged++;
  };
  const clients = Array.from({ length: CLIENTS }, (_, id) => {
    const backend = handles[id % handles.length] ?? handles[0];
    const plan = { id, backend, random: new Random(random.below(2 ** 31)), recorder, refs, told };
    return runClient(plan, () => isOver);
  });
  const written = async (count: number): Promise<void> => {
    const enough = acknowledged + count;
    for (const began = performance.now(); acknowledged < enough; await sleep(20)) {
      if (performance.now() - began > PROGRESS_MS)
        throw new Error(`${fault.name}: no ${count} writes within ${PROGRESS_MS} ms`);
    }
  };
  const watchedEndpoint = (): unknown => handles[0].diagnostics()["watchedEndpoint"];
  const more: WatchObserver[] = [];
  const observe = (name: string, from?: WatchObserver): void => {
    const place = from?.place;
    const backend = random.pick(handles);
    // A cursor is one handle's.
    const at = place === undefined ? {} : { from: place, backend: handles[0] };
    more.push(new WatchObserver({ name, backend, kind, concerns, recorder, ...at }));
  };

  try {
    await written(CALM_WRITES);
    observe("a watch that goes on from the first one's, before the fault", observers[0]);
    const struck = fault.strike({ cluster, random, written, watchedEndpoint });
    observe("a watch that begins in the fault");
    const later = written(SOME_WRITES).then(() => {
      observe("a watch that goes on from the first one's, in the fault", observers[0]);
    });
    await Promise.all([struck, later]);
    await cluster.healthy();
    await written(CALM_WRITES);
    isOver = true;
    await Promise.all(clients);
    const all = [...observers, ...more];
    const final = await settled(handles[0], recorder, concerns, all);
    const watches = all.map((observer) => observer.observed(final));
    const result = judgeRound(fault.name, recorder.history, watches);
    await clear(handles[0]);
    return result;
  } finally {
    isOver = true;
    await Promise.all([...clients, ...more.map((observer) => observer.close())]);
  }
}
