/** The CBOR that is written: RFC 8949 §4.2.1 deterministic bytes. */

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

/** Encodes a value; the bytes are the caller's. */
export function writeCbor(value: WireValue): Uint8Array {
  // cbor-x gives a view of a buffer that it goes on using for other values.
  return new Uint8Array(encoder.encode(value));
}
