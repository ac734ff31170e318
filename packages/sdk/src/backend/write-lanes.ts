/** Decides which writes run at once: those of one reference in order, a restore alone. */

/**
 * First-in-first-out per key; `exclusive` waits for everything before it and holds up everything after. A task has a slot
 * only where it asks for one: what it waits for beside the system's answer keeps nobody from asking.
 */
export class WriteLanes {
  /** The last task of each key that has one, settled or not. */
  readonly #tails = new Map<string, Promise<unknown>>();
  readonly #waiting: (() => void)[] = [];
  #free: number;
  /** The last exclusive task. */
  #barrier: Promise<unknown> = Promise.resolve();

  constructor(maxConcurrent: number) {
    this.#free = maxConcurrent;
  }

  /** Runs a task after every earlier one of its key. */
  run<T>(key: string, task: () => Promise<T>): Promise<T> {
    const before = this.#tails.get(key) ?? this.#barrier;
    const result = before.then(task);
    const end = (): void => {
      if (this.#tails.get(key) === tail) this.#tails.delete(key);
    };
    const tail = result.then(end, end);
    this.#tails.set(key, tail);
    return result;
  }

  /** Runs a task alone. */
  exclusive<T>(task: () => Promise<T>): Promise<T> {
    const result = this.drained().then(task);
    this.#barrier = result.then(ignore, ignore);
    this.#tails.clear();
    return result;
  }

  /** Resolves when every task of a key so far has ended; never rejects. */
  async ended(key: string): Promise<void> {
    await (this.#tails.get(key) ?? this.#barrier);
  }

  /** Resolves when every task so far has ended; never rejects. */
  async drained(): Promise<void> {
    await Promise.all([this.#barrier, ...this.#tails.values()]);
  }

  /** Runs what the system has to do for a task, beside at most so much else. */
  inSlot<T>(task: () => Promise<T>): Promise<T> {
    if (this.#free === 0) return this.#slot().then(() => this.#holding(task));
    this.#free--;
    return this.#holding(task);
  }

  /** Resolves with the slot of a task that has ended. */
  #slot(): Promise<void> {
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  #holding<T>(task: () => Promise<T>): Promise<T> {
    const result = task();
    result.then(this.#release, this.#release);
    return result;
  }

  readonly #release = (): void => {
    const next = this.#waiting.shift();
    if (next === undefined) this.#free++;
    else next();
  };
}

function ignore(): void {}
