/** Limits to waiting. */

/** The longest time that a timer takes, in milliseconds. */
const longestTimerMs = 2 ** 31 - 1;

/** Does something once, so long after it began, unless it ends before. More time than a timer takes is no limit. */
export class Patience {
  readonly #ms: number;
  readonly #passed: () => void;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(ms: number, passed: () => void) {
    this.#ms = ms;
    this.#passed = passed;
  }

  /** Begins, unless it has begun. */
  begin(): void {
    if (this.#timer !== undefined || this.#ms > longestTimerMs) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#passed();
    }, this.#ms);
  }

  end(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  restart(): void {
    this.end();
    this.begin();
  }
}

/** Resolves when the promise has settled, or after so many milliseconds. */
export function settledWithin(promise: Promise<unknown>, ms: number): Promise<void> {
  return new Promise((resolve) => {
    const patience = new Patience(ms, resolve);
    patience.begin();
    const end = (): void => {
      patience.end();
      resolve();
    };
    promise.then(end, end);
  });
}
