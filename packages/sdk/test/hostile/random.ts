/** Random choices that a seed repeats, at a few nanoseconds each. */

/** A stream of random numbers (mulberry32): the same seed gives the same stream. */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** The stream of one input of a run: runs, families and inputs do not share theirs. */
  static ofInput(seed: number, family: string, index: number): Random {
    let hash = seed ^ 0x9e3779b9;
    for (let i = 0; i < family.length; i++)
      hash = Math.imul(hash ^ family.charCodeAt(i), 0x01000193);
    return new Random(Math.imul(hash ^ index, 0x85ebca6b) ^ (hash >>> 13) ^ index);
  }

  /** An integer from 0 to `bound` - 1. */
  below(bound: number): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = this.#state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * bound);
  }

  /** True with this probability. */
  chance(probability: number): boolean {
    return this.below(1 << 20) < probability * (1 << 20);
  }

  pick<T>(choices: readonly T[]): T {
    const choice = choices.at(this.below(choices.length));
    if (choice === undefined && choices.length === 0) throw new RangeError("there is no choice");
    return choice as T;
  }

  /** So many items, made one after another. */
  list<T>(length: number, make: (index: number) => T): T[] {
    return Array.from({ length }, (_, index) => make(index));
  }

  bytes(length: number): Uint8Array {
    return Uint8Array.from({ length }, () => this.below(256));
  }
}
