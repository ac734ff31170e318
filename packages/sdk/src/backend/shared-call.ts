/** One call for everybody who asks at the same time. */

/**
 * Calls run one at a time, and whoever asks while one runs shares the next: the one that runs may have looked already
 * at what the caller wants to be told of.
 */
export class SharedCall<T> {
  readonly #call: () => Promise<T>;
  #running: Promise<unknown> = Promise.resolve();
  #next: Promise<T> | undefined;

  constructor(call: () => Promise<T>) {
    this.#call = call;
  }

  /** The result of a call that begins after this. */
  result(): Promise<T> {
    this.#next ??= this.#running.then(() => {
      this.#next = undefined;
      const result = (async () => this.#call())();
      this.#running = result.catch(() => {});
      return result;
    });
    return this.#next;
  }
}
