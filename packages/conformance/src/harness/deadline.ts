/** Bounds how long the engine waits for code that may never settle. */

import { runOutsideScopes } from "./requirement-scope.ts";

/** What {@link settleWithin} yields once the time is up. */
export const timedOut: unique symbol = Symbol("timed out");

/** The promise's outcome, or {@link timedOut} after `milliseconds`; what it does later is ignored. */
export async function settleWithin<T>(
  promise: Promise<T>,
  milliseconds: number,
): Promise<T | typeof timedOut> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<typeof timedOut>((resolve) => {
    timer = runOutsideScopes(() => setTimeout(() => resolve(timedOut), milliseconds));
  });
  try {
    return await Promise.race([promise, limit]);
  } finally {
    clearTimeout(timer);
  }
}

/** So often a condition is looked at before it counts as failed: time passes unseen while something holds the event loop. */
const leastLooks = 100;

/** Waits until a condition holds, for at least two turns of the event loop and about `milliseconds`, longer on a busy loop. */
export async function waitUntil(condition: () => boolean, milliseconds: number): Promise<void> {
  const end = performance.now() + milliseconds;
  await turnOfTheLoop();
  await turnOfTheLoop();
  for (let looks = 0; !condition() && (looks < leastLooks || performance.now() < end); looks++) {
    await new Promise((resolve) => runOutsideScopes(() => setTimeout(resolve, 2)));
  }
}

function turnOfTheLoop(): Promise<void> {
  return new Promise((resolve) => runOutsideScopes(() => setImmediate(resolve)));
}

/** `10 s`, `250 ms`. */
export function formatDuration(milliseconds: number): string {
  if (milliseconds < 1000) return `${Math.round(milliseconds)} ms`;
  return `${Number((milliseconds / 1000).toFixed(1))} s`;
}
