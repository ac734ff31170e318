/** A copy of a large sequence of bytes, in parts that go by themselves. */

import { copyBytes } from "./bytes.ts";

/** As much as several dozen entries take, and a small part of what a snapshot is. */
const slabBytes = 64 * 1024;

/**
 * Copies all of a sequence at once, of which pieces are then views: a buffer for each piece would cost
 * more than a kilobyte that is in it. A slab stays as long as one of its pieces does, so no more can stay
 * than the sequence was, however the pieces go.
 *
 * At once, because so much new memory makes the engine collect garbage: it is soon done while there are
 * no pieces yet, and takes as long as all the rest of a restore in the middle of them.
 */
export class Slabs {
  readonly #whole: Uint8Array;
  readonly #slabs: readonly Uint8Array[];

  constructor(whole: Uint8Array) {
    this.#whole = whole;
    const count = Math.ceil(whole.length / slabBytes);
    this.#slabs = Array.from({ length: count }, (_, i) =>
      copyBytes(whole.subarray(i * slabBytes, (i + 1) * slabBytes)),
    );
  }

  /** A copy of these bytes: a view of a slab, or if they are not all in one, a buffer of their own. */
  copy(start: number, end: number): Uint8Array {
    const index = Math.floor(start / slabBytes);
    const slab = this.#slabs[index];
    const offset = index * slabBytes;
    if (slab === undefined || end > offset + slab.length) {
      return copyBytes(this.#whole.subarray(start, end));
    }
    return slab.subarray(start - offset, end - offset);
  }
}
