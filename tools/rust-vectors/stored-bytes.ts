/** Bytes as the vectors keep them: hex, or packed where that is long, or a payload's rule. */

import { brotliCompressSync, brotliDecompressSync } from "node:zlib";

/** Hex, or `brotli:` and base64. */
export type StoredBytes = string;

const packed = "brotli:";
const longestHex = 800;

/** Bytes as text. */
export function storeBytes(bytes: Uint8Array): StoredBytes {
  const hex = Buffer.from(bytes).toString("hex");
  if (hex.length <= longestHex) return hex;
  return packed + brotliCompressSync(bytes).toString("base64");
}

/** The bytes that a text stands for. */
export function loadBytes(stored: StoredBytes): Uint8Array {
  if (!stored.startsWith(packed)) return new Uint8Array(Buffer.from(stored, "hex"));
  return new Uint8Array(brotliDecompressSync(Buffer.from(stored.slice(packed.length), "base64")));
}

/** A payload, written out or by rule: byte `i` is `(first + i * step) mod 256`. */
export type StoredPayload =
  | { readonly text: string }
  | { readonly hex: string }
  | { readonly length: number; readonly first: number; readonly step: number };

/** The bytes of a payload. */
export function payloadBytes(payload: StoredPayload): Uint8Array {
  if ("text" in payload) return new TextEncoder().encode(payload.text);
  if ("hex" in payload) return loadBytes(payload.hex);
  const { length, first, step } = payload;
  return Uint8Array.from({ length }, (_, index) => (first + index * step) % 256);
}
