/** Lets a caller stop waiting for a write that goes on. */

import { BackendError } from "../contract/index.ts";

/** One write's place in the queue: shared by the one who waits for it and the one who does it. */
export class Turn {
  /** Whether the system may have the write already. */
  wasHandedOver = false;
  /** Whether nobody waits for it any more. */
  wasGivenUp = false;

  /** Called by the one who does it, before anything has an effect. */
  take(): void {
    if (this.wasGivenUp)
      throw new BackendError("aborted", "the write was given up before it began");
  }
}

/** The end of the backend's patience at close; unlike an AbortSignal it forgets a listener at once. */
export class Deadline {
  readonly #listeners = new Set<() => void>();

  add(listener: () => void): void {
    this.#listeners.add(listener);
  }

  delete(listener: () => void): void {
    this.#listeners.delete(listener);
  }

  /** Tells everybody who is still waiting. */
  pass(): void {
    for (const listener of [...this.#listeners]) listener();
  }
}

/** The first of: the write's result, the caller's abort, the end of the backend's patience at close. */
export function awaitWrite<T>(
  result: Promise<T>,
  turn: Turn,
  signal: AbortSignal | undefined,
  closeDeadline: Deadline,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = (): void => {
      signal?.removeEventListener("abort", onAbort);
      closeDeadline.delete(onDeadline);
    };
    const giveUp = (code: "aborted" | "closed", event: string): void => {
      stop();
      turn.wasGivenUp = true;
      const outcome = turn.wasHandedOver ? "unknown" : "none";
      const effect = turn.wasHandedOver ? "the write may have happened" : "nothing was written";
      reject(new BackendError(code, `${event}; ${effect}`, { outcome, cause: signal?.reason }));
    };
    const onAbort = (): void => giveUp("aborted", "the caller's signal was aborted");
    const onDeadline = (): void =>
      giveUp("closed", "the backend was closed before the system answered");
    signal?.addEventListener("abort", onAbort);
    closeDeadline.add(onDeadline);
    result.then(
      (value) => {
        stop();
        resolve(value);
      },
      (error: unknown) => {
        stop();
        reject(error);
      },
    );
  });
}
