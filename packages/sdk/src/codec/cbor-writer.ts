/** The CBOR that is written: RFC 8949 §4.2.1 deterministic bytes, in a buffer of exactly their size. */

const encoder = new TextEncoder();

/** The first three bits of a head. */
const majorType = { bytes: 2 << 5, text: 3 << 5, array: 4 << 5, map: 5 << 5 } as const;

/** How long the head of a count or length is: at its shortest, as deterministic bytes have it. */
export function headSize(argument: number): number {
  if (argument < 24) return 1;
  if (argument < 0x100) return 2;
  if (argument < 0x1_0000) return 3;
  return argument < 0x1_0000_0000 ? 5 : 9;
}

/** How long a byte string of this many bytes is. */
export function bytesSize(length: number): number {
  return headSize(length) + length;
}

/** How long a text is. */
export function textSize(text: string): number {
  return bytesSize(utf8Length(text));
}

/** A text by itself. */
export function encodeText(text: string): Uint8Array {
  const writer = new CborWriter(textSize(text));
  writer.writeText(text);
  return writer.bytes;
}

/**
 * Writes items one after another into bytes whose size the caller has added up. What is deterministic
 * beyond the heads is the caller's business: keys in the order of their encoded bytes.
 *
 * Written by hand because cbor-x grows its buffer by copying it, keeps the largest that it ever had
 * (a snapshot's), and wants an object for whatever it writes.
 */
export class CborWriter {
  readonly bytes: Uint8Array;
  #offset = 0;

  constructor(size: number) {
    this.bytes = new Uint8Array(size);
  }

  writeMapHead(count: number): void {
    this.#writeHead(majorType.map, count);
  }

  writeArrayHead(count: number): void {
    this.#writeHead(majorType.array, count);
  }

  writeText(text: string): void {
    this.#writeHead(majorType.text, utf8Length(text));
    for (let i = 0; i < text.length; i++) {
      const unit = text.charCodeAt(i);
      if (unit > 0x7f) {
        const rest = this.bytes.subarray(this.#offset);
        this.#offset += encoder.encodeInto(text.slice(i), rest).written;
        return;
      }
      this.bytes[this.#offset++] = unit;
    }
  }

  writeBytes(bytes: Uint8Array): void {
    this.#writeHead(majorType.bytes, bytes.length);
    this.bytes.set(bytes, this.#offset);
    this.#offset += bytes.length;
  }

  writeNull(): void {
    this.bytes[this.#offset++] = 0xf6;
  }

  #writeHead(major: number, argument: number): void {
    const size = headSize(argument);
    if (size === 1) {
      this.bytes[this.#offset++] = major | argument;
      return;
    }
    // 24 to 27 say that 1, 2, 4 or 8 bytes follow.
    this.bytes[this.#offset] = major | (24 + Math.log2(size - 1));
    let rest = argument;
    for (let at = this.#offset + size - 1; at > this.#offset; at--) {
      this.bytes[at] = rest % 0x100;
      rest = Math.floor(rest / 0x100);
    }
    this.#offset += size;
  }
}

/** How many bytes TextEncoder makes of a text: a lone surrogate becomes U+FFFD, which has three. */
function utf8Length(text: string): number {
  let length = text.length;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit <= 0x7f) continue;
    length++;
    if (unit <= 0x7ff) continue;
    length++;
    // A pair has four bytes, and by now they are counted.
    if (unit >= 0xd800 && unit <= 0xdbff && isLowSurrogate(text.charCodeAt(i + 1))) i++;
  }
  return length;
}

function isLowSurrogate(unit: number): boolean {
  return unit >= 0xdc00 && unit <= 0xdfff;
}
