/** Bytes that are easily taken for copied. */

/** `slice` gives a view, as that of Node's Buffer does: a store that copies with it copies nothing. */
export class AliasingBytes extends Uint8Array {
  override slice(start?: number, end?: number): Uint8Array<ArrayBuffer> {
    return this.subarray(start, end);
  }
}
