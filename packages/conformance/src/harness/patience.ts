/** How long a check waits for one thing that must come. It is time, not state: a slow system needs more of it. */

import { AssertionError } from "node:assert";
import { formatDuration, settleWithin, timedOut } from "./deadline.ts";
import { currentScope } from "./requirement-scope.ts";

/** Whatever the timeout is, in milliseconds. */
const leastPatienceMs = 5_000;

/** A sixth of what the whole check may take, so that `--timeout` raises both; in milliseconds. */
export function patienceMs(): number {
  return Math.max(leastPatienceMs, (currentScope()?.timeoutMs ?? 0) / 6);
}

/** The promise's result; fails once patience is over. */
export async function withPatience<T>(promise: Promise<T>, what: string): Promise<T> {
  const patience = patienceMs();
  const result = await settleWithin(promise, patience);
  if (result !== timedOut) return result;
  const message = `${what} within ${formatDuration(patience)} (if it is only slow, raise --timeout)`;
  throw new AssertionError({ message });
}
