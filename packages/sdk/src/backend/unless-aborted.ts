/** Lets a reader stop waiting. */

import { BackendError } from "../contract/index.ts";

/** What a promise resolves to, or `aborted` as soon as the signal is. */
export function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return promise;
  return new Promise((resolve, reject) => {
    const abort = (): void => {
      const reason = "the caller's signal was aborted; nothing was done";
      reject(new BackendError("aborted", reason, { cause: signal.reason }));
    };
    signal.addEventListener("abort", abort);
    promise.then(resolve, reject).finally(() => signal.removeEventListener("abort", abort));
  });
}
