/** A backend that is not there yet, and says so. */

import {
  BackendError,
  defaultCapabilities,
  type Capabilities,
  type Diagnostics,
  type StoreBackend,
  type Verb,
} from "../contract/index.ts";

/**
 * Rejects every verb with `unsupported`, naming verb and backend, so that what is built around a
 * backend can start before the backend is there.
 *
 * @example
 * const backend = new StubBackend("my-raft");
 * await backend.snapshot(); // rejects: [unsupported] my-raft: snapshot: this is a stub
 */
export class StubBackend implements StoreBackend {
  /** As it was given. */
  readonly name: string;
  /** No verb and no format is claimed, so that whoever looks first need not fail. */
  readonly capabilities: Capabilities = Object.freeze({
    ...defaultCapabilities,
    verbs: [],
    snapshot: "none",
    restore: "none",
    preconditions: [],
    resume: false,
    formats: [],
  });
  #isClosed = false;
  #lastError: string | null = null;

  /** A stub that messages and `diagnostics()` call by this name: `my-raft`. */
  constructor(name: string) {
    this.name = name;
  }

  apply(): Promise<never> {
    return this.#refuse("apply");
  }

  get(): Promise<never> {
    return this.#refuse("get");
  }

  list(): Promise<never> {
    return this.#refuse("list");
  }

  delete(): Promise<never> {
    return this.#refuse("delete");
  }

  watch(): Promise<never> {
    return this.#refuse("watch");
  }

  snapshot(): Promise<never> {
    return this.#refuse("snapshot");
  }

  restore(): Promise<never> {
    return this.#refuse("restore");
  }

  resourceCount(): number {
    return 0;
  }

  subscriberCount(): number {
    return 0;
  }

  diagnostics(): Diagnostics {
    return {
      contract: 1,
      backend: this.name,
      state: this.#isClosed ? "closed" : "open",
      lastError: this.#lastError,
      counts: { resources: 0, subscribers: 0, damaged: 0 },
      damaged: [],
    };
  }

  async close(): Promise<void> {
    this.#isClosed = true;
  }

  /** Closes it, at the end of an `await using` block. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #refuse(verb: Verb): Promise<never> {
    const code = this.#isClosed ? "closed" : "unsupported";
    const reason = this.#isClosed
      ? "the backend is closed"
      : "this is a stub: the real backend is not there";
    const about = { backend: this.name, verb };
    const error = new BackendError(code, `${this.name}: ${verb}: ${reason}`, about);
    this.#lastError = error.message;
    throw error;
  }
}
