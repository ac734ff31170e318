/** One call for everybody who asks at the same time. */

/**
 * Calls run one at a time, and whoever asks while one runs shares the next: the one that runs may have looked already
 * at what the caller wants to be told of.
 */
export class SharedCall<T> {
  readonly #call: () => Promise<T>;
  readonly #isOutOfReach: (error: unknown) => boolean;
  /** Undefined while none runs. */
  #running: Promise<T> | undefined;
  /** Of those who have asked since that began. */
  #next: Promise<T> | undefined;

  /**
   * @param isOutOfReach Whether a failure is everybody's who had asked by then: they have waited for as long as a call takes,
   * and another one would take as long again.
   */
  constructor(call: () => Promise<T>, isOutOfReach: (error: unknown) => boolean) {
    this.#call = call;
    this.#isOutOfReach = isOutOfReach;
  }

  /** The result of a call that begins after this. */
  result(): Promise<T> {
    return (this.#next ??= this.#after(this.#running));
  }

  async #after(running: Promise<T> | undefined): Promise<T> {
    try {
      await running;
    } catch (error) {
      if (this.#isOutOfReach(error)) throw error;
    } finally {
      this.#next = undefined;
    }
    return this.#run();
  }

  #run(): Promise<T> {
    const result = (async () => this.#call())();
    this.#running = result;
    const end = (): void => {
      if (this.#running === result) this.#running = undefined;
    };
    result.then(end, end);
    return result;
  }
}
