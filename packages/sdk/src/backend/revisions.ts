/** Mints what is never used twice: revisions and cursors of one opened store. */

import type { Revision } from "../contract/index.ts";

/** Random enough that no two openings of any store share it; readable in messages. */
export function newEpoch(): string {
  return crypto.randomUUID().replaceAll("-", "").slice(0, 20);
}

/** Mints `<epoch>-<counter>`. */
export class RevisionMint {
  readonly #epoch: string;
  #counter = 0;

  constructor(epoch: string) {
    this.#epoch = epoch;
  }

  next(): Revision {
    this.#counter++;
    return `${this.#epoch}-${this.#counter}` as Revision;
  }
}
