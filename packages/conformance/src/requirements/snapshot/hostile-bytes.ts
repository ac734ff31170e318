/** Small byte strings that want to make a reader allocate, recurse or run on. */

import type { ResourceRef } from "@engenho/sdk";
import { CborSpelling, concat } from "../../harness/cbor-spellings.ts";

/** How deep the nested ones are: far beyond what a recursive reader's stack bears. */
const depth = 100_000;

const giant = new Uint8Array(8).fill(0xff);
const cbor = new CborSpelling();

function repeated(...bytes: readonly number[]): Uint8Array {
  const whole = new Uint8Array(depth * bytes.length);
  for (const [start, byte] of bytes.entries())
    for (let at = start; at < whole.length; at += bytes.length) whole[at] = byte;
  return whole;
}

/** Each as a whole snapshot, and some inside a valid one's reference or envelope. */
export function hostileSnapshots(
  ref: ResourceRef,
): readonly { readonly what: string; readonly snapshot: Uint8Array }[] {
  const around = (envelope: Uint8Array, reference = cbor.reference(ref)): Uint8Array =>
    cbor.array([cbor.array([reference, envelope])]);
  const nestedArrays = concat([repeated(0x81), cbor.nothing()]);
  const nestedMaps = concat([repeated(0xa1, 0x60), cbor.nothing()]);
  const deepEnvelope = cbor.map([
    ["ref", cbor.reference(ref)],
    ["payload", cbor.bytes(new Uint8Array(1))],
    ["extra", nestedArrays],
  ]);
  const deepReference = cbor.map([
    ["kind", cbor.text(ref.kind)],
    ["extra", nestedMaps],
    ["name", cbor.text(ref.name)],
  ]);
  return [
    { what: "an array of 2^64 - 1 items", snapshot: Uint8Array.of(0x9b, ...giant) },
    { what: "an array of 2^32 - 1 items", snapshot: Uint8Array.of(0x9a, ...giant.slice(4)) },
    { what: "a map of 2^64 - 1 keys", snapshot: Uint8Array.of(0xbb, ...giant) },
    {
      what: "an entry of 2^53 items",
      snapshot: Uint8Array.of(0x81, 0x9b, 0, 0x20, 0, 0, 0, 0, 0, 0),
    },
    {
      what: "a reference of 2^32 - 1 keys",
      snapshot: Uint8Array.of(0x81, 0x82, 0xba, ...giant.slice(4)),
    },
    {
      what: "an envelope of 2^63 - 1 bytes",
      snapshot: around(Uint8Array.of(0x5b, 0x7f, ...giant.slice(1))),
    },
    {
      what: "an envelope of 2^32 - 1 integers",
      snapshot: around(Uint8Array.of(0x9a, ...giant.slice(4))),
    },
    { what: "a key of 2^31 bytes", snapshot: Uint8Array.of(0x81, 0x82, 0xa1, 0x7a, 0x80, 0, 0, 0) },
    { what: "arrays nested 100,000 deep", snapshot: nestedArrays },
    { what: "indefinite arrays nested 100,000 deep", snapshot: repeated(0x9f) },
    { what: "100,000 tags", snapshot: concat([repeated(0xc1), cbor.array([])]) },
    {
      what: "a reference nested 100,000 deep",
      snapshot: around(cbor.bytes(new Uint8Array()), deepReference),
    },
    { what: "an envelope nested 100,000 deep", snapshot: around(cbor.bytes(deepEnvelope)) },
    { what: "an indefinite array that never ends", snapshot: Uint8Array.of(0x9f) },
    { what: "a chunk within a chunk", snapshot: around(Uint8Array.of(0x5f, 0x5f, 0xff, 0xff)) },
    { what: "a break on its own", snapshot: Uint8Array.of(0xff) },
    { what: "a reserved length", snapshot: Uint8Array.of(0x9c) },
  ];
}
