/** Runs a random property within bounds, so that a failure is told before the check's time is up. */

import fc, { type IAsyncProperty } from "fast-check";

/** How a property is run. */
export interface PropertySettings {
  readonly seed: number;
  readonly numRuns: number;
}

/** How many smaller values are tried once one has failed. Counted, so that the same seed tells the same. */
const shrinkingRuns = 150;

/** After so many milliseconds no more values are tried: a slow system is judged by fewer, rather than by none. */
const patienceMs = 10_000;

/** Like `fc.assert` of an asynchronous property over these values, with an end to the runs and to the shrinking. */
export async function assertProperty<T extends readonly [unknown, ...unknown[]]>(
  values: { readonly [K in keyof T]: fc.Arbitrary<T[K]> },
  holds: (...values: T) => Promise<void>,
  settings: PropertySettings,
): Promise<void> {
  let left = Infinity;
  let isFirst = true;
  const end = performance.now() + patienceMs;
  const property = fc.asyncProperty(
    ...(values as unknown as [fc.Arbitrary<unknown>]),
    async (...given) => {
      // As if it had passed: what has failed so far stays the smallest.
      if (left-- <= 0 || (!isFirst && performance.now() > end)) return;
      isFirst = false;
      try {
        await holds(...(given as unknown as T));
      } catch (error) {
        left = Math.min(left, shrinkingRuns);
        throw error;
      }
    },
  ) as IAsyncProperty<unknown>;
  await fc.assert(property, { ...settings });
}
