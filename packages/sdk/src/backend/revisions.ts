/** Mints what is never used twice: revisions and cursors of one opened store. */

import type { Revision } from "../contract/index.ts";

/** Random enough that no two openings of any store share it; readable in messages. */
export function newEpoch(): string {
  return crypto.randomUUID().replaceAll("-", "").slice(0, 20);
}

/** Mints `<epoch>-<counter>`. */
export class RevisionMint {
  readonly #prefix: string;
  #counter = 0;

  constructor(epoch: string) {
    this.#prefix = `${epoch}-`;
  }

  next(): Revision {
    this.#counter++;
    // Two parts and not three: the engine keeps such a text as its parts.
    return `${this.#prefix}${this.#counter}` as Revision;
  }
}
