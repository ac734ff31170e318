/** Copies and comparisons of bytes. */

/**
 * A copy that shares nothing with the original. `bytes.slice()` is none where the bytes are a Node
 * Buffer: its `slice` is a view.
 */
export function copyBytes(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(bytes);
}

/** Whether two byte sequences are equal. */
export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}
