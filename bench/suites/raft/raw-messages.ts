/** etcd's messages as bytes, as the backend would send them, made without its code. */

import { BinaryReader, BinaryWriter, WireType } from "@bufbuild/protobuf/wire";

/** Fields by number. */
type Fields = readonly (readonly [
  number: number,
  value: Uint8Array | string | bigint | readonly Uint8Array[],
])[];

/** What a store writes beside the envelope: the layout's version and the write's name. */
const headerBytes = 17;

/** A key that must still be as it was changed in this revision. */
export interface Guard {
  readonly key: string;
  readonly revision: bigint;
}

/** A put of a key. */
export function put(key: string, value: Uint8Array): Uint8Array {
  return message([
    [1, key],
    [2, value],
  ]);
}

/** A read of one key. */
export function range(key: string): Uint8Array {
  return message([[1, key]]);
}

/** A deletion of all keys from one up to before another. */
export function deleteRange(key: string, end: string): Uint8Array {
  return message([
    [1, key],
    [2, end],
  ]);
}

/** A watch of the same. */
export function watchCreate(key: string, end: string): Uint8Array {
  return message([[1, deleteRange(key, end)]]);
}

/** Puts, if the guard holds and none of the keys is there that are to be absent. */
export function guardedPuts(
  guard: Guard,
  puts: readonly { readonly key: string; readonly value: Uint8Array }[],
  absent: readonly string[] = [],
): Uint8Array {
  const isAsItWas = message([
    [2, 2n],
    [3, guard.key],
    [6, guard.revision],
  ]);
  const isAbsent = (key: string): Uint8Array =>
    message([
      [2, 1n],
      [3, key],
    ]);
  return message([
    [1, [isAsItWas, ...absent.map(isAbsent)]],
    [2, puts.map(({ key, value }) => message([[2, put(key, value)]]))],
  ]);
}

/** What a key of a store holds: the envelope, and before it as many bytes as the store needs for itself. */
export function storedValue(envelope: Uint8Array): Uint8Array {
  const value = new Uint8Array(headerBytes + envelope.length);
  crypto.getRandomValues(value.subarray(0, headerBytes));
  value.set(envelope, headerBytes);
  return value;
}

/** A reader at the value of the first field with this number; undefined if there is none. */
export function fieldOf(encoded: Uint8Array, number: number): BinaryReader | undefined {
  const reader = new BinaryReader(encoded);
  while (reader.pos < reader.len) {
    const [found, wireType] = reader.tag();
    if (found === number) return reader;
    reader.skip(wireType, found);
  }
  return undefined;
}

/** How many fields have this number. */
export function countOf(encoded: Uint8Array, number: number): number {
  const reader = new BinaryReader(encoded);
  let count = 0;
  while (reader.pos < reader.len) {
    const [found, wireType] = reader.tag();
    if (found === number) count++;
    reader.skip(wireType, found);
  }
  return count;
}

function message(fields: Fields): Uint8Array {
  const writer = new BinaryWriter();
  for (const [number, value] of fields) {
    if (typeof value === "bigint") writer.tag(number, WireType.Varint).int64(value);
    else if (typeof value === "string") writer.tag(number, WireType.LengthDelimited).string(value);
    else {
      for (const each of value instanceof Uint8Array ? [value] : value)
        writer.tag(number, WireType.LengthDelimited).bytes(each);
    }
  }
  return writer.finish();
}
