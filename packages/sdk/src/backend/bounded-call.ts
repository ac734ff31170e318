/** Questions to a driver that may never be answered. */

import { BackendError } from "../contract/index.ts";
import { Patience } from "./patience.ts";
import { orReason } from "./unless-aborted.ts";

/** How long a question is worth asking. */
export interface Bounds {
  /** What is asked, for people. */
  readonly name: string;
  readonly timeoutMs: number;
  /** Nobody wants to know once this is aborted; its reason is what they are told. */
  readonly until: AbortSignal;
}

/**
 * The answer, if it comes in time. Whoever answers is told by a signal that nobody waits any more.
 *
 * @throws BackendError `timeout`; the reason of `until`.
 */
export async function boundedCall<T>(
  call: (signal: AbortSignal) => Promise<T>,
  { name, timeoutMs, until }: Bounds,
): Promise<T> {
  until.throwIfAborted();
  const controller = new AbortController();
  const end = (): void => controller.abort(until.reason);
  const patience = new Patience(timeoutMs, () => {
    const reason = `the driver's ${name} has not answered within ${timeoutMs} ms`;
    controller.abort(new BackendError("timeout", reason, { outcome: "none" }));
  });
  until.addEventListener("abort", end);
  patience.begin();
  try {
    return await orReason(call(controller.signal), controller.signal);
  } finally {
    patience.end();
    until.removeEventListener("abort", end);
  }
}
