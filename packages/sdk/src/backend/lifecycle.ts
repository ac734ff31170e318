/** The states of an open store, and what each refuses. */

import { BackendError, type BackendErrorDetails, type Diagnostics } from "../contract/index.ts";

/** Open, then perhaps failed, then closed; never back. */
export class Lifecycle {
  readonly #backend: string;
  #state: Diagnostics["state"] = "open";
  #failure: Error | undefined;

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

  /** Refuses to go on with an accepted write once the store has failed. */
  checkSound(): void {
    if (this.#failure !== undefined) throw this.#unavailable({ outcome: "none" });
  }

  /** Every verb is `unavailable` from now on. Returns the error for the write that met the failure. */
  fail(cause: Error): BackendError {
    this.#failure ??= cause;
    if (this.#state === "open") this.#state = "failed";
    return this.#unavailable({ outcome: "unknown" });
  }

  /** The error that ends the watches of a failed store. */
  watchFailure(): BackendError {
    return this.#unavailable({ backend: this.#backend, verb: "watch", outcome: "none" });
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
}
