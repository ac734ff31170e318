/** Restores into a system that cannot replace everything at once. */

import { BackendError, type ResourceRef } from "../contract/index.ts";
import { referenceKey } from "../reference/index.ts";
import type { Turn } from "./await-write.ts";
import { type Driver, StoreFailedError } from "./driver.ts";
import type { Entry } from "./entry.ts";
import type { Intake } from "./intake.ts";
import type { StoreState } from "./store-state.ts";

/** How many writes run at once where the driver does not say. */
export const defaultConcurrentWrites = 64;

/**
 * Puts every entry that differs or is in doubt, then removes what is not among them. Stops at the
 * first failure, or once nobody waits for it any more, with the mirror true to what was done; called
 * again, it goes on from there.
 */
export async function restoreEntries(
  entries: readonly Entry[],
  driver: Driver,
  { intake, state }: { readonly intake: Intake; readonly state: StoreState },
  turn: Turn,
): Promise<void> {
  const concurrency = driver.maxConcurrentWrites ?? defaultConcurrentWrites;
  let wasChanged = false;
  const change = async (ref: ResourceRef, act: () => Promise<void>): Promise<void> => {
    turn.take();
    await doubtingOnFailure(ref, state, act);
    state.certain(ref);
    wasChanged = true;
  };
  try {
    await forEachConcurrently(entries, concurrency, async (entry) => {
      if (state.isThere(entry)) return;
      await change(entry.ref, async () => {
        await intake.put(entry, await driver.put(entry, undefined, undefined));
      });
    });
    await forEachConcurrently(referencesToRemove(entries, state), concurrency, async (ref) => {
      await change(ref, async () => {
        await intake.removed(ref, await driver.remove(ref, undefined, undefined));
      });
    });
  } catch (error) {
    // One write that was not begun says nothing of the others.
    if (error instanceof StoreFailedError && error.outcome === "none")
      throw new StoreFailedError(error.message, { cause: error });
    if (!wasChanged || !BackendError.is(error)) throw error;
    const { code, reason, field, retryable } = error;
    throw new BackendError(code, reason, { field, retryable, outcome: "unknown", cause: error });
  }
}

function referencesToRemove(entries: readonly Entry[], state: StoreState): ResourceRef[] {
  const kept = new Set(entries.map(({ ref }) => referenceKey(ref)));
  return state.references().filter((ref) => !kept.has(referenceKey(ref)));
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

/** Starts nothing more after the first failure, and rejects with the worst when everything started has ended. */
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
  if (failures.length > 0) throw worstOf(failures);
}

/** What says most of the store: that it has failed, that something may have happened, anything else. */
function worstOf(failures: readonly unknown[]): unknown {
  const fatal = failures.find((failure) => failure instanceof StoreFailedError);
  const unknown = failures.find(
    (failure) => !BackendError.is(failure) || failure.outcome !== "none",
  );
  return fatal ?? unknown ?? failures[0];
}
