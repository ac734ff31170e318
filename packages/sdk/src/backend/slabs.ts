/** Copies of many small pieces of bytes that come and mostly go together. */

/** As much as several dozen entries take, and a small part of what a snapshot is. */
const slabBytes = 64 * 1024;

/**
 * Copies pieces into larger buffers: a buffer for each costs more than a kilobyte that is in it. A slab
 * stays as long as one of its pieces does, so this is for what comes all at once: then no more can stay
 * than came, however the pieces go.
 */
export class Slabs {
  #slab = new Uint8Array();
  #used = 0;

  /** A copy, which is a view of a slab unless it is large. */
  copy(bytes: Uint8Array): Uint8Array {
    if (bytes.length > slabBytes / 8) return new Uint8Array(bytes);
    if (this.#used + bytes.length > this.#slab.length) {
      this.#slab = new Uint8Array(slabBytes);
      this.#used = 0;
    }
    this.#slab.set(bytes, this.#used);
    const copy = this.#slab.subarray(this.#used, this.#used + bytes.length);
    this.#used += bytes.length;
    return copy;
  }
}
