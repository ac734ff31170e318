/** Restores into a system that cannot replace everything at once. */

import { BackendError, type ResourceRef } from "../contract/index.ts";
import { referenceKey } from "../reference/index.ts";
import type { Driver } from "./driver.ts";
import { type Entry, equalBytes } from "./entry.ts";
import type { StoreState } from "./store-state.ts";

/** How many writes run at once where the driver does not say. */
export const defaultConcurrentWrites = 64;

/**
 * Puts every entry that differs, then removes what is not among them. Stops at the first failure
 * with the mirror true to what was done; called again, it goes on from there.
 */
export async function restoreEntries(
  entries: readonly Entry[],
  driver: Driver,
  state: StoreState,
): Promise<void> {
  const concurrency = driver.maxConcurrentWrites ?? defaultConcurrentWrites;
  await forEachConcurrently(entries, concurrency, async (entry) => {
    const present = state.mirror.get(entry.ref);
    if (present !== undefined && equalBytes(present.envelope, entry.envelope)) return;
    await doubtingOnFailure(entry.ref, state, () => driver.put(entry, undefined, undefined));
    state.mirror.set(entry);
    state.damage.repair(entry.ref);
  });
  await forEachConcurrently(referencesToRemove(entries, state), concurrency, async (ref) => {
    await doubtingOnFailure(ref, state, () => driver.remove(ref, undefined, undefined));
    state.mirror.delete(ref);
    state.damage.repair(ref);
  });
}

function referencesToRemove(entries: readonly Entry[], state: StoreState): ResourceRef[] {
  const kept = new Set(entries.map(({ ref }) => referenceKey(ref)));
  const present = [
    ...state.mirror.all().map(({ ref }) => ref),
    ...state.damage.certainReferences(),
  ];
  return present.filter((ref) => !kept.has(referenceKey(ref)));
}

async function doubtingOnFailure(
  ref: ResourceRef,
  state: StoreState,
  act: () => Promise<void>,
): Promise<void> {
  try {
    await act();
  } catch (error) {
    if (!BackendError.is(error) || error.outcome !== "none") state.doubt(ref);
    throw error;
  }
}

/** Starts nothing more after the first failure, and rejects with it when everything started has ended. */
async function forEachConcurrently<T>(
  items: readonly T[],
  concurrency: number,
  act: (item: T) => Promise<void>,
): Promise<void> {
  const failures: unknown[] = [];
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < items.length && failures.length === 0) {
      try {
        await act(items[next++] as T);
      } catch (error) {
        failures.push(error);
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(concurrency, items.length) }, worker));
  if (failures.length > 0) throw failures[0];
}
