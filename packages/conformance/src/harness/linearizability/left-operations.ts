/** The operations that a search has yet to place, in their order: as a list of links, from which each is taken in one step. */

/** Numbers below `size`, of which those come back first that were taken last. */
export class LeftOperations implements Iterable<number> {
  /** How many there are in the beginning. */
  readonly size: number;
  /** Behind each number the next that is left; behind the last one stands `size`, and behind that the first. */
  readonly #next: Int32Array;
  readonly #previous: Int32Array;

  constructor(size: number) {
    this.size = size;
    this.#next = Int32Array.from({ length: size + 1 }, (_, i) => (i + 1) % (size + 1));
    this.#previous = Int32Array.from({ length: size + 1 }, (_, i) => (i + size) % (size + 1));
  }

  /** Whether none is left. */
  get isEmpty(): boolean {
    return this.#next[this.size] === this.size;
  }

  /** Those that are left, the smallest first. */
  *[Symbol.iterator](): Iterator<number> {
    for (let i = this.#next[this.size] as number; i < this.size; i = this.#next[i] as number)
      yield i;
  }

  /** Takes one that is left. */
  take(index: number): void {
    const [previous, next] = [this.#previous[index] as number, this.#next[index] as number];
    this.#next[previous] = next;
    this.#previous[next] = previous;
  }

  /** Puts the one back that was taken last: it still knows its neighbours. */
  putBack(index: number): void {
    this.#next[this.#previous[index] as number] = index;
    this.#previous[this.#next[index] as number] = index;
  }
}
