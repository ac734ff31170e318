/** One fault under clients and watches, and the judgement of what they were told. */

import { setTimeout as sleep } from "node:timers/promises";
import {
  checkLinearizability,
  checkWatches,
  HistoryRecorder,
  type OperationResult,
  type ShownResource,
} from "@engenho/conformance";
import { formatReference, type ResourceRef, type StoreBackend } from "@engenho/sdk";
import type { EtcdCluster } from "@engenho/testbed";
import { runClient } from "./client.ts";
import type { Fault } from "./faults.ts";
import { Random } from "./random.ts";
import { WatchObserver } from "./watch-observer.ts";

/** What rounds share. */
export interface Stage {
  readonly cluster: EtcdCluster;
  /** Handles of one store: clients take turns with them. */
  readonly handles: readonly [StoreBackend, ...StoreBackend[]];
  /** A watch of each handle, which go through all rounds. */
  readonly observers: readonly WatchObserver[];
}

/** What became of a round. */
export interface RoundResult {
  readonly fault: string;
  readonly operations: number;
  readonly unknown: number;
  readonly refused: number;
  readonly events: number;
  readonly resets: number;
  /** What is wrong, to read; none where nothing is. */
  readonly violations: readonly string[];
}

export const kind = "ConfigMap";
const [CLIENTS, RESOURCES] = [16, 20];
/** So many writes before a fault and after it. */
const CALM_WRITES = 100;
/** For readers to come to what is there, when nobody writes any more. */
const SETTLE_MS = 60_000;
/** For a write to be acknowledged, in whatever trouble. */
const PROGRESS_MS = 60_000;

/** Runs one; `seed` decides what clients do. */
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
    await until(
      `${count} writes during: ${fault.name}`,
      PROGRESS_MS,
      async () => acknowledged >= enough,
    );
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
    observe("a watch that goes on from the first one's, in the fault", observers[0]);
    await struck;
    await cluster.healthy();
    await written(CALM_WRITES);
    isOver = true;
    await Promise.all(clients);
    const all = [...observers, ...more];
    const final = await settled(handles[0], recorder, concerns, all);
    const watches = all.map((observer) => observer.observed(final));
    const linearizable = checkLinearizability(recorder.history);
    const watched = checkWatches(recorder.history, watches);
    const ofWatches =
      watched.verdict === "ok" ? [] : watched.violations.flatMap(({ lines }) => [...lines]);
    const undecided =
      linearizable.verdict === "unknown"
        ? [`not decided: ${linearizable.resources.join(", ")}`]
        : [];
    const count = (type: OperationResult["type"]): number =>
      recorder.history.filter(({ result }) => result.type === type).length;
    return {
      fault: fault.name,
      operations: recorder.history.length,
      unknown: count("unknown"),
      refused: count("refused"),
      events: watched.events,
      resets: watches.flatMap(({ events }) => events).filter(({ type }) => type === "reset").length,
      violations: [
        ...(linearizable.verdict === "illegal" ? linearizable.lines : undecided),
        ...ofWatches,
      ],
    };
  } finally {
    isOver = true;
    await Promise.all([...clients, ...more.map((observer) => observer.close())]);
    await clear(handles[0]);
  }
}

/** What is there once all readers know it: a write whose outcome is unknown may come late. */
async function settled(
  backend: StoreBackend,
  recorder: HistoryRecorder,
  concerns: (resource: string) => boolean,
  observers: readonly WatchObserver[],
): Promise<readonly ShownResource[]> {
  let there: readonly ShownResource[] = [];
  const isKnown = ({ known }: WatchObserver): boolean =>
    known.size === there.length &&
    there.every(({ resource, revision }) => known.get(resource)?.revision === revision);
  const deadline = performance.now() + SETTLE_MS;
  do {
    const { items, cursor } = await backend.list(kind, undefined, "yaml");
    there = items.flatMap((resource) => {
      const shown = recorder.observe(backend, { type: "added", resource, cursor });
      return "resource" in shown && concerns(shown.resource) ? [shown] : [];
    });
    await sleep(100);
  } while (!observers.every(isKnown) && performance.now() < deadline);
  return there;
}

/** Removes everything, what came late to earlier rounds too. */
async function clear(backend: StoreBackend): Promise<void> {
  const { items } = await backend.list(kind, undefined, "yaml");
  for (const { ref } of items) await backend.delete(ref).catch(() => {}); // The next round will.
}

async function until(
  what: string,
  patienceMs: number,
  isSo: () => Promise<boolean>,
): Promise<void> {
  const deadline = performance.now() + patienceMs;
  while (!(await isSo())) {
    if (performance.now() > deadline) throw new Error(`waited ${patienceMs} ms for ${what}`);
    await sleep(20);
  }
}
