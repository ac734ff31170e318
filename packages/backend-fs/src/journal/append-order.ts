/** Which appends may be on their way to the disk together, and what has to be done between them. */

/** Appends follow one another without waiting; what is done alone waits for all of them, and they for it. */
export class AppendOrder {
  readonly #underway = new Set<Promise<unknown>>();
  #alone: Promise<unknown> = Promise.resolve();
  #waiting = 0;

  /** Begins an append behind those that are under way: in the order of the calls. */
  async follow<T>(append: () => Promise<T>): Promise<T> {
    while (this.#waiting > 0) await this.#alone;
    const result = append();
    this.#underway.add(result);
    try {
      return await result;
    } finally {
      this.#underway.delete(result);
    }
  }

  /** Does something once nothing is under way; nothing begins before it has ended. */
  alone<T>(act: () => Promise<T>): Promise<T> {
    this.#waiting++;
    const result = this.#alone
      .then(() => Promise.allSettled(this.#underway))
      .then(act)
      .finally(() => this.#waiting--);
    this.#alone = result.catch(() => undefined);
    return result;
  }
}
