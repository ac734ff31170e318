/** The end of a round: nobody writes any more, and every reader comes to what is there. */

import { setTimeout as sleep } from "node:timers/promises";
import type { HistoryRecorder, ShownResource } from "@engenho/conformance";
import type { StoreBackend } from "@engenho/sdk";
import type { WatchObserver } from "./watch-observer.ts";

/** What clients write. */
export const kind = "ConfigMap";
/** For readers to come to what is there. */
const SETTLE_MS = 60_000;

/** What is there once all readers know it: a write whose outcome is unknown may come late. */
export async function settled(
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
export async function clear(backend: StoreBackend): Promise<void> {
  const { items } = await backend.list(kind, undefined, "yaml");
  for (const { ref } of items) await backend.delete(ref).catch(() => {}); // The next round will.
}
