/** Writes CBOR by hand, in the spellings that a deterministic encoder never chooses (RFC 8949 §3). */

import type { ResourceRef } from "@engenho/sdk";

const encoder = new TextEncoder();
const indefinite = 31;
const breakByte = Uint8Array.of(0xff);

/** The values of the wire formats, each as encoded bytes. `long` spells every length in eight bytes. */
export class CborSpelling {
  readonly #long: boolean;

  constructor({ long = false }: { readonly long?: boolean } = {}) {
    this.#long = long;
  }

  text(value: string): Uint8Array {
    const bytes = encoder.encode(value);
    return concat([this.#head(3, bytes.length), bytes]);
  }

  nothing(): Uint8Array {
    return Uint8Array.of(0xf6);
  }

  bytes(value: Uint8Array): Uint8Array {
    return concat([this.#head(2, value.length), value]);
  }

  array(items: readonly Uint8Array[]): Uint8Array {
    return concat([this.#head(4, items.length), ...items]);
  }

  map(pairs: readonly (readonly [string, Uint8Array])[]): Uint8Array {
    return concat([
      this.#head(5, pairs.length),
      ...pairs.flatMap(([key, value]) => [this.text(key), value]),
    ]);
  }

  /** A byte string behind tag 64 (RFC 8746). */
  taggedBytes(value: Uint8Array): Uint8Array {
    return concat([Uint8Array.of(0xd8, 64), this.bytes(value)]);
  }

  /** Bytes as serde writes a `Vec<u8>`: an array of integers. */
  integers(value: Uint8Array): Uint8Array {
    return this.array([...value].map((byte) => this.#head(0, byte)));
  }

  indefiniteIntegers(value: Uint8Array): Uint8Array {
    return this.indefiniteArray([...value].map((byte) => this.#head(0, byte)));
  }

  /** A byte string in chunks of three, an empty one among them. */
  chunkedBytes(value: Uint8Array): Uint8Array {
    const chunks = [this.bytes(new Uint8Array())];
    for (let at = 0; at < value.length; at += 3)
      chunks.push(this.bytes(value.subarray(at, at + 3)));
    return concat([initial(2, indefinite), ...chunks, breakByte]);
  }

  /** A text in chunks of one code point each. */
  chunkedText(value: string): Uint8Array {
    return concat([
      initial(3, indefinite),
      ...[...value].map((chunk) => this.text(chunk)),
      breakByte,
    ]);
  }

  indefiniteArray(items: readonly Uint8Array[]): Uint8Array {
    return concat([initial(4, indefinite), ...items, breakByte]);
  }

  indefiniteMap(pairs: readonly (readonly [string, Uint8Array])[]): Uint8Array {
    const parts = pairs.flatMap(([key, value]) => [this.chunkedText(key), value]);
    return concat([initial(5, indefinite), ...parts, breakByte]);
  }

  /** `{kind, name, namespace}` in this order, with null for no namespace. */
  reference({ kind, name, namespace }: ResourceRef): Uint8Array {
    return this.map([
      ["kind", this.text(kind)],
      ["name", this.text(name)],
      ["namespace", namespace === undefined ? this.nothing() : this.text(namespace)],
    ]);
  }

  #head(major: number, argument: number): Uint8Array {
    if (this.#long) return concat([initial(major, 27), bigEndian(argument, 8)]);
    if (argument < 24) return initial(major, argument);
    if (argument < 0x100) return concat([initial(major, 24), bigEndian(argument, 1)]);
    if (argument < 0x10000) return concat([initial(major, 25), bigEndian(argument, 2)]);
    return concat([initial(major, 26), bigEndian(argument, 4)]);
  }
}

/** The bytes one after another. */
export function concat(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let position = 0;
  for (const part of parts) {
    whole.set(part, position);
    position += part.length;
  }
  return whole;
}

function initial(major: number, info: number): Uint8Array {
  return Uint8Array.of((major << 5) | info);
}

function bigEndian(value: number, size: number): Uint8Array {
  return Uint8Array.from(
    { length: size },
    (_, index) => Math.floor(value / 256 ** (size - 1 - index)) % 256,
  );
}
