/** Copies of the small pieces that a large sequence of bytes is made of. */

import { copyBytes } from "./bytes.ts";

/** As much as several dozen entries take, and a small part of what a snapshot is. */
const slabBytes = 64 * 1024;

/**
 * Copies pieces of one sequence, which come from its start to its end, many at a time: a buffer for each
 * would cost more than a kilobyte that is in it. A slab stays as long as one of its pieces does, so no
 * more can stay than the sequence was, however the pieces go.
 */
export class Slabs {
  readonly #whole: Uint8Array;
  #slab: Uint8Array = new Uint8Array();
  /** Where the slab was copied from, in the buffer that has the whole. */
  #from = 0;

  constructor(whole: Uint8Array) {
    this.#whole = whole;
  }

  /** A copy, which may be a view of a slab. */
  copy(piece: Uint8Array): Uint8Array {
    const { buffer, byteOffset, length } = piece;
    // What is no view of the whole was put together from it, and is a copy already.
    if (buffer !== this.#whole.buffer) return piece;
    if (byteOffset + length > this.#from + this.#slab.length) {
      const start = byteOffset - this.#whole.byteOffset;
      this.#slab = copyBytes(this.#whole.subarray(start, start + Math.max(length, slabBytes)));
      this.#from = byteOffset;
    }
    const start = byteOffset - this.#from;
    return this.#slab.subarray(start, start + length);
  }
}
