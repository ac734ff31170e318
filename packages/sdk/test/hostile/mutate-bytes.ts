/** Mutations that know nothing of a format: bytes changed, dropped, repeated, moved. */

import type { Random } from "./random.ts";

/** Bytes on which readers turn: bounds of heads, breaks, quotes, surrogates, NUL. */
const notable = [0, 1, 0x0a, 0x22, 0x5c, 0x7f, 0x80, 0x9f, 0xbf, 0xc0, 0xed, 0xf6, 0xfb, 0xff];

/** A copy with one to three changes. */
export function mutateBytes(random: Random, original: Uint8Array): Uint8Array {
  let bytes = original;
  for (let left = 1 + random.below(3); left > 0; left--) bytes = mutateOnce(random, bytes);
  return bytes === original ? original.slice() : bytes;
}

function mutateOnce(random: Random, bytes: Uint8Array): Uint8Array {
  const at = random.below(bytes.length + 1);
  const length = random.below(Math.min(bytes.length - at, 40) + 1);
  switch (random.below(7)) {
    case 0:
      return splice(bytes, at, 1, [random.below(256)]);
    case 1:
      return splice(bytes, at, 1, [random.pick(notable)]);
    case 2:
      return splice(bytes, at, 1, [(bytes[at] ?? 0) ^ (1 << random.below(8))]);
    case 3:
      return splice(bytes, at, length, []);
    case 4:
      return splice(bytes, at, 0, random.bytes(random.below(6)));
    case 5:
      return splice(bytes, random.below(bytes.length + 1), 0, bytes.subarray(at, at + length));
    default:
      return bytes.slice(0, at);
  }
}

/** A copy in which `length` bytes at `at` are replaced. */
function splice(
  bytes: Uint8Array,
  at: number,
  length: number,
  inserted: ArrayLike<number>,
): Uint8Array {
  const rest = bytes.subarray(Math.min(at + length, bytes.length));
  const spliced = new Uint8Array(at + inserted.length + rest.length);
  spliced.set(bytes.subarray(0, at));
  spliced.set(inserted, at);
  spliced.set(rest, at + inserted.length);
  return spliced;
}

/** The bytes with a part left out: halves first, single bytes last. */
export function* shorterBytes(bytes: Uint8Array): Iterable<Uint8Array> {
  for (let length = bytes.length >> 1; length > 0; length >>= 1) {
    for (let at = 0; at < bytes.length; at += length) yield splice(bytes, at, length, []);
  }
}
