/** The states of an open store, and what each refuses. */

import { BackendError, type BackendErrorDetails, type Diagnostics } from "../contract/index.ts";
import type { StoreFailedError } from "./driver.ts";

/** Open, then perhaps failed, then closed; never back. While open, the system may be out of reach for a time. */
export class Lifecycle {
  /** The last error that a verb or the system has produced. */
  lastError: string | null = null;
  readonly #backend: string;
  #state: Diagnostics["state"] = "open";
  #failure: Error | undefined;
  #outage: Error | undefined;
  readonly #whenFailed: ((failure: BackendError) => void)[] = [];

  constructor(backend: string) {
    this.#backend = backend;
  }

  get state(): Diagnostics["state"] {
    return this.#state;
  }

  /** Refuses a verb in every state but `open`. */
  checkOpen(): void {
    if (this.#state === "closing" || this.#state === "closed") {
      throw new BackendError("closed", "the backend is closed");
    }
    this.checkSound();
  }

  /** Refuses to go on with an accepted write once the store has failed, and while its system is out of reach. */
  checkSound(): void {
    if (this.#failure !== undefined) throw this.#unavailable({ outcome: "none" });
    if (this.#outage !== undefined) throw this.#outOfReach(this.#outage, { outcome: "none" });
  }

  /** Every verb is `unavailable` from now on. Returns the error for the write that met the failure. */
  fail(cause: StoreFailedError): BackendError {
    const isFirst = this.#failure === undefined;
    this.#failure ??= cause;
    if (this.#state === "open") this.#state = "failed";
    if (isFirst) {
      // Whoever waits for it to tell of a write has had that done.
      const failure = this.#unavailable({ outcome: "unknown" });
      for (const tell of this.#whenFailed) tell(failure);
    }
    return this.#unavailable({ outcome: cause.outcome });
  }

  /** Has this called once, if the store fails. */
  whenFailed(tell: (failure: BackendError) => void): void {
    this.#whenFailed.push(tell);
  }

  /** Every verb is `unavailable` until {@link Lifecycle.recovered}. Returns the error for writes that wait. */
  outOfReach(cause: Error): BackendError {
    this.#outage = cause;
    return this.#outOfReach(cause, { outcome: "unknown" });
  }

  /** The system can be followed again. */
  recovered(): void {
    this.#outage = undefined;
  }

  /** The error that ends the watches of a store that has failed or is out of reach. */
  watchFailure(): BackendError {
    const details = { backend: this.#backend, verb: "watch", outcome: "none" } as const;
    if (this.#failure !== undefined || this.#outage === undefined)
      return this.#unavailable(details);
    return this.#outOfReach(this.#outage, details);
  }

  closing(): void {
    this.#state = "closing";
  }

  closed(): void {
    this.#state = "closed";
  }

  #unavailable(details: BackendErrorDetails): BackendError {
    const cause = this.#failure;
    const reason = `the store has failed and must be opened anew: ${cause?.message}`;
    return new BackendError("unavailable", reason, { ...details, retryable: false, cause });
  }

  #outOfReach(cause: Error, details: BackendErrorDetails): BackendError {
    const reason = `the system's changes cannot be followed: ${cause.message}`;
    return new BackendError("unavailable", reason, { ...details, retryable: true, cause });
  }
}
