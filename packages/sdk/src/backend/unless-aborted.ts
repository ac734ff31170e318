/** Lets somebody stop waiting. */

import { BackendError } from "../contract/index.ts";

/** What a promise comes to, or `aborted` as soon as a reader's signal is. */
export function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  return signal === undefined ? promise : orAborted(promise, signal, readAborted);
}

/** What a promise comes to, or the signal's reason as soon as that is aborted. */
export function orReason<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return orAborted(promise, signal, ({ reason }) => reason as unknown);
}

/** @throws BackendError `aborted` if a reader's signal is. */
export function refuseAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted === true) throw readAborted(signal);
}

function readAborted({ reason }: AbortSignal): BackendError {
  return new BackendError("aborted", "the caller's signal was aborted; nothing was done", {
    cause: reason,
  });
}

/** A listener of its own, and not a race: that would stay with the signal as long as it lives. */
function orAborted<T>(
  promise: Promise<T>,
  signal: AbortSignal,
  errorOf: (signal: AbortSignal) => unknown,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(errorOf(signal));
    signal.addEventListener("abort", abort);
    if (signal.aborted) abort();
    promise.then(resolve, reject).finally(() => signal.removeEventListener("abort", abort));
  });
}
