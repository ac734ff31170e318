/** The CBOR that is written: RFC 8949 §4.2.1 deterministic bytes, by cbor-x but for long byte strings. */

import { Encoder } from "cbor-x";

// Deterministic as long as objects are built with their keys in the order of their encoded bytes
// and hold nothing but text, bytes, null, arrays and such objects.
const encoder = new Encoder({
  useRecords: false,
  tagUint8Array: false,
  variableMapSize: true,
  mapsAsObjects: true,
});

/** What the two wire formats are made of. */
export type WireValue =
  | string
  | null
  | Uint8Array
  | readonly WireValue[]
  | { readonly [key: string]: WireValue };

/** A text by itself. */
export function encodeText(text: string): Uint8Array {
  // cbor-x gives a view of a buffer that it goes on using for other values.
  return new Uint8Array(encoder.encode(text));
}

/** The head of an array of so many items. */
export function encodeArrayHead(count: number): Uint8Array {
  const head = new Uint8Array(headSize(count));
  writeHead(head, 0, majorType.array, count);
  return head;
}

/** Stands at the end of a value for the bytes that {@link encodeUpToBytes} leaves out. */
export const bytesHere: Uint8Array = new Uint8Array(0);

/**
 * A value whose last item is {@link bytesHere}, as far as the byte string of this length that takes its
 * place: only the bytes themselves are missing. cbor-x is not given those, since it grows its buffer by
 * copying it and keeps the largest that it ever had.
 *
 * @example
 * encodeUpToBytes({ payload: bytesHere }, payload.length);
 */
export function encodeUpToBytes(value: WireValue, length: number): Uint8Array {
  const encoded = encoder.encode(value);
  const at = encoded.length - headSize(0);
  const head = new Uint8Array(at + headSize(length));
  head.set(encoded.subarray(0, at));
  writeHead(head, at, majorType.bytes, length);
  return head;
}

/** Pieces one after another, in bytes of exactly their size. */
export function joinBytes(pieces: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(pieces.reduce((size, piece) => size + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}

/** The first three bits of a head. */
const majorType = { bytes: 2 << 5, array: 4 << 5 } as const;

/** How long a head is: at its shortest, as deterministic bytes have it. */
function headSize(argument: number): number {
  if (argument < 24) return 1;
  if (argument < 0x100) return 2;
  if (argument < 0x1_0000) return 3;
  return argument < 0x1_0000_0000 ? 5 : 9;
}

function writeHead(bytes: Uint8Array, at: number, major: number, argument: number): void {
  const size = headSize(argument);
  if (size === 1) {
    bytes[at] = major | argument;
    return;
  }
  // 24 to 27 say that 1, 2, 4 or 8 bytes follow.
  bytes[at] = major | (24 + Math.log2(size - 1));
  let rest = argument;
  for (let last = at + size - 1; last > at; last--) {
    bytes[last] = rest % 0x100;
    rest = Math.floor(rest / 0x100);
  }
}
