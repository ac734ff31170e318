/** Reads CBOR of a known shape from bytes that nobody vouches for. */

import { BackendError } from "../contract/index.ts";

/** How deep a value that is skipped may be nested. */
const maxDepth = 64;

/** The tag of a byte string that is an array of unsigned 8-bit integers (RFC 8746). */
const uint8ArrayTag = 64;

const indefinite = -1;
const strictUtf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

const majorType = {
  unsigned: 0,
  negative: 1,
  bytes: 2,
  text: 3,
  array: 4,
  map: 5,
  tag: 6,
  simple: 7,
} as const;

/**
 * A pull reader that accepts every well-formed spelling (indefinite lengths, long heads, tag 64 on
 * byte strings) and refuses, as `corrupt` with the byte's offset: what is not well-formed, duplicate
 * keys, other tags, invalid UTF-8, trailing bytes and excess depth. Each byte is looked at a bounded
 * number of times, and nothing is allocated on the word of a length that the input cannot hold.
 *
 * cbor-x does not serve here: it takes duplicate keys, dates, records and invalid UTF-8, refuses
 * indefinite-length strings, and overflows the stack on deep input.
 */
export class CborReader {
  /** Where the next item begins. May be set back to where it was, and nowhere else. */
  offset = 0;
  readonly #bytes: Uint8Array;
  /** The head read last: its major type, and its argument or `indefinite`. */
  #major: number = majorType.unsigned;
  #argument = 0;
  /** The head read last, where it begins: what an error points at. */
  #headOffset = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** Reads a map; `visit` must read the value that follows each key. Keys that are not text begin with NUL. */
  readMap(what: string, visit: (key: string) => void): void {
    this.#readHead();
    if (this.#major !== majorType.map) this.fail(`${what} is not a map`);
    const count = this.#argument;
    const seen = new Set<string>();
    for (let i = 0; this.#hasNext(count, i); i++) {
      visit(this.#readKey(seen));
    }
  }

  /** Reads an array; `visit` must read each item. */
  readArray(what: string, visit: (index: number) => void): void {
    this.#readHead();
    if (this.#major !== majorType.array) this.fail(`${what} is not an array`);
    const count = this.#argument;
    for (let i = 0; this.#hasNext(count, i); i++) visit(i);
  }

  /**
   * Steps over these bytes, or this part of them, if they are what follows. So the spelling that is usual
   * is read without the general case's cost; whatever is spelled otherwise must be read in general.
   */
  skipIf(expected: Uint8Array, start: number = 0, end: number = expected.length): boolean {
    const shift = this.offset - start;
    for (let i = start; i < end; i++) {
      if (this.#bytes[shift + i] !== expected[i]) return false;
    }
    this.offset = shift + end;
    return true;
  }

  /** Reads a text. One that is what was likely is that very string: no other is made. */
  readText(what: string, likely?: string): string {
    if (likely !== undefined && this.#skipText(likely)) return likely;
    this.#readHead();
    if (this.#major !== majorType.text) this.fail(`${what} is not text`);
    return this.#textBody();
  }

  /** Reads a text or null (undefined counts as null). */
  readTextOrNull(what: string, likely?: string): string | null {
    const head = this.#bytes[this.offset];
    if (head !== 0xf6 && head !== 0xf7) return this.readText(what, likely);
    this.offset++;
    return null;
  }

  /**
   * Reads bytes in any spelling: a byte string, one behind tag 64, an array of integers. The result
   * is a view of the input where the bytes stand there in one piece, and a copy elsewhere.
   */
  readBytes(what: string): Uint8Array {
    this.#readHead();
    if (this.#major === majorType.tag) this.#taggedBytes();
    if (this.#major === majorType.bytes) return this.#bytesBody();
    if (this.#major !== majorType.array) this.fail(`${what} is not bytes`);
    return this.#integersBody(what);
  }

  /**
   * Steps over a byte string that stands there in one piece and tells where its bytes begin; `offset` is
   * where they end. -1, and nothing read, for bytes in any other spelling. A view costs more than this.
   */
  skipBytes(): number {
    const start = this.offset;
    const head = this.#bytes[start] ?? 0xff;
    if (head >> 5 !== majorType.bytes || head === 0x5f) return -1;
    this.#readHead();
    this.#advance(this.#argument);
    return this.offset - this.#argument;
  }

  /** Reads one value of any shape, checking it like the rest. */
  skipValue(): void {
    const open: Container[] = [];
    do {
      this.#skipItem(open);
      while (open.length > 0 && !this.#enterNext(open.at(-1) as Container)) open.pop();
    } while (open.length > 0);
  }

  /** Refuses whatever follows the value that was read. */
  end(): void {
    if (this.offset < this.#bytes.length) {
      this.#headOffset = this.offset;
      this.fail("there are bytes behind the end of the value");
    }
  }

  /** Reads an item's head and, unless it is a container, its body; pushes a container. */
  #skipItem(open: Container[]): void {
    this.#readHead();
    switch (this.#major) {
      case majorType.bytes:
      case majorType.text:
        this.#skipString(this.#major);
        return;
      case majorType.tag:
        this.#taggedBytes();
        this.#skipString(majorType.bytes);
        return;
      case majorType.array:
      case majorType.map: {
        if (open.length === maxDepth) this.fail(`values are nested more than ${maxDepth} deep`);
        const isMap = this.#major === majorType.map;
        open.push({ count: this.#argument, index: 0, isMap, keys: undefined });
      }
    }
  }

  /** Whether a container has another value, with its key read if it is a map. */
  #enterNext(container: Container): boolean {
    if (!this.#hasNext(container.count, container.index)) return false;
    container.index++;
    // An empty map takes one byte, and a Set two hundred.
    if (container.isMap) this.#readKey((container.keys ??= new Set()));
    return true;
  }

  /** Reads a map's key and refuses it if the map has it already, in whatever spelling. */
  #readKey(seen: Set<string>): string {
    const key = this.#keyIdentity();
    if (seen.has(key)) this.fail("a map has a key twice");
    seen.add(key);
    return key;
  }

  #keyIdentity(): string {
    this.#readHead();
    switch (this.#major) {
      case majorType.text: {
        const text = this.#textBody();
        return text.startsWith("\0") ? `\0text ${text}` : text;
      }
      case majorType.unsigned:
        return `\0integer ${this.#exactArgument()}`;
      case majorType.negative:
        return `\0integer -1-${this.#exactArgument()}`;
      case majorType.bytes:
        return `\0bytes ${this.#bytesBody().join()}`;
      default:
        return this.fail("a map has a key that is neither text nor an integer nor bytes");
    }
  }

  /** The argument read last; as a number it is rounded past 2^53, which is enough for a length. */
  #exactArgument(): bigint | number {
    if (Number.isSafeInteger(this.#argument)) return this.#argument;
    const view = new DataView(this.#bytes.buffer, this.#bytes.byteOffset);
    return view.getBigUint64(this.#headOffset + 1);
  }

  /** Whether item `index` of a container with this count follows; takes the break that ends an indefinite one. */
  #hasNext(count: number, index: number): boolean {
    if (count !== indefinite) return index < count;
    if (this.#bytes[this.offset] !== 0xff) return true;
    this.offset++;
    return false;
  }

  #textBody(): string {
    if (this.#argument !== indefinite) {
      const start = this.offset;
      this.#advance(this.#argument);
      return this.#utf8(this.#bytes, start, this.offset);
    }
    // Each chunk must be valid by itself (RFC 8949 §3.2.3).
    const check: VisitBytes = (start, end) => this.#checkUtf8(start, end);
    const whole = this.#joinChunks(majorType.text, check);
    return this.#utf8(whole, 0, whole.length);
  }

  /** Steps over a short ASCII text in its shortest spelling if it is what follows. */
  #skipText(expected: string): boolean {
    const { length } = expected;
    const start = this.offset + 1;
    if (length >= 24 || this.#bytes[this.offset] !== ((majorType.text << 5) | length)) return false;
    for (let i = 0; i < length; i++) {
      const unit = expected.charCodeAt(i);
      if (unit > 127 || this.#bytes[start + i] !== unit) return false;
    }
    this.offset = start + length;
    return true;
  }

  #bytesBody(): Uint8Array {
    if (this.#argument !== indefinite) return this.#take(this.#argument);
    return this.#joinChunks(majorType.bytes, ignoreBytes);
  }

  /** Passes over a string's body without a view of it: there may be one in every byte. */
  #skipString(major: number): void {
    const check: VisitBytes =
      major === majorType.text ? (start, end) => this.#checkUtf8(start, end) : ignoreBytes;
    if (this.#argument === indefinite) {
      this.#forEachChunk(major, check);
      return;
    }
    const start = this.offset;
    this.#advance(this.#argument);
    check(start, this.offset);
  }

  /** Twice over the chunks rather than once with a list of them: there may be as many as bytes. */
  #joinChunks(major: number, check: VisitBytes): Uint8Array {
    const begin = this.offset;
    let length = 0;
    this.#forEachChunk(major, (start, end) => {
      check(start, end);
      length += end - start;
    });
    this.offset = begin;
    const whole = new Uint8Array(length);
    let position = 0;
    this.#forEachChunk(major, (start, end) => {
      if (end - start > 64) whole.set(this.#bytes.subarray(start, end), position);
      else for (let i = start; i < end; i++) whole[position + i - start] = this.#bytes[i] ?? 0;
      position += end - start;
    });
    return whole;
  }

  /** Reads the chunks of an indefinite-length string, each definite and of its type, and the break. */
  #forEachChunk(major: number, visit: VisitBytes): void {
    while (this.#hasNext(indefinite, 0)) {
      this.#readHead();
      if (this.#major !== major || this.#argument === indefinite) {
        this.fail("an indefinite-length string has a chunk of another type");
      }
      const start = this.offset;
      this.#advance(this.#argument);
      visit(start, this.offset);
    }
  }

  /** Refuses bytes that are not UTF-8, at no cost for the ASCII that nearly all of it is. */
  #checkUtf8(start: number, end: number): void {
    for (let i = start; i < end; i++) {
      if ((this.#bytes[i] ?? 0) > 127) {
        this.#utf8(this.#bytes, start, end);
        return;
      }
    }
  }

  /** Reads the head behind a tag, which must be 64 and a byte string. */
  #taggedBytes(): void {
    const tag = this.#argument;
    if (tag !== uint8ArrayTag) this.fail(`tag ${tag} is not part of the format`);
    this.#readHead();
    if (this.#major !== majorType.bytes)
      this.fail("tag 64 is on something other than a byte string");
  }

  #integersBody(what: string): Uint8Array {
    const isIndefinite = this.#argument === indefinite;
    const count = isIndefinite ? this.#countIntegers(what) : this.#argument;
    const integers = new Uint8Array(count);
    for (let i = 0; i < count; i++) integers[i] = this.#byteValue(what);
    if (isIndefinite) this.offset++;
    return integers;
  }

  /** How many integers an indefinite-length array has; leaves the reader where it was. */
  #countIntegers(what: string): number {
    const start = this.offset;
    let count = 0;
    for (; this.#bytes[this.offset] !== 0xff; count++) this.#byteValue(what);
    this.offset = start;
    return count;
  }

  #byteValue(what: string): number {
    // The two spellings that serde writes, without the general case's cost: 1 MiB has a million of them.
    const head = this.#bytes[this.offset] ?? 0xff;
    if (head < 24) {
      this.offset++;
      return head;
    }
    this.#readHead();
    if (this.#major !== majorType.unsigned)
      this.fail(`${what} is an array of something other than integers`);
    if (this.#argument > 255) this.fail(`${what} has an integer above 255`);
    return this.#argument;
  }

  #utf8(bytes: Uint8Array, start: number, end: number): string {
    const text = asciiText(bytes, start, end);
    if (text !== undefined) return text;
    try {
      return strictUtf8.decode(bytes.subarray(start, end));
    } catch {
      return this.fail("a text is not valid UTF-8");
    }
  }

  #take(length: number): Uint8Array {
    const start = this.offset;
    this.#advance(length);
    return this.#bytes.subarray(start, this.offset);
  }

  #advance(length: number): void {
    this.offset += length;
    if (this.offset > this.#bytes.length) this.fail("the bytes end in the middle of a value");
  }

  /** Reads a head into `#major` and `#argument`. */
  #readHead(): void {
    this.#headOffset = this.offset;
    const head = this.#bytes[this.offset];
    if (head === undefined) this.fail("the bytes end in the middle of a value");
    this.offset++;
    this.#major = head >> 5;
    const info = head & 31;
    if (info < 24) this.#argument = info;
    else if (info < 28) this.#argument = this.#longArgument(1 << (info - 24));
    else if (info === 31 && this.#major >= majorType.bytes && this.#major <= majorType.map)
      this.#argument = indefinite;
    else
      this.fail(
        head === 0xff ? "a break stands where a value should" : "a head has a reserved value",
      );
    if (this.#major === majorType.simple && info === 24 && this.#argument < 32) {
      this.fail("a simple value below 32 is spelled in two bytes");
    }
    const isCounted = this.#major === majorType.array || this.#major === majorType.map;
    if (isCounted && this.#argument > this.#bytes.length - this.offset) {
      this.fail("a length is beyond the end of the bytes");
    }
  }

  #longArgument(size: number): number {
    const start = this.offset;
    this.#advance(size);
    let value = 0;
    for (let at = start; at < this.offset; at++) value = value * 256 + (this.#bytes[at] ?? 0);
    return value;
  }

  /** Refuses the bytes, pointing at the item read last. */
  fail(reason: string): never {
    throw new BackendError("corrupt", `${reason} (at byte ${this.#headOffset})`);
  }
}

/** Looks at a part of the input. */
type VisitBytes = (start: number, end: number) => void;

const ignoreBytes: VisitBytes = () => {};

/** An array or map being skipped. */
interface Container {
  readonly count: number;
  index: number;
  readonly isMap: boolean;
  keys: Set<string> | undefined;
}

/** Longer text is left to TextDecoder. */
const maxShortLength = 64;

/** For each short length an array to put a text's units in: they become a text in one call. */
const unitsOfLength = Array.from({ length: maxShortLength + 1 }, (_, length) =>
  Array.from({ length }, () => 0),
);

/**
 * Short ASCII text without TextDecoder, whose call costs more than the text; in one piece, since one
 * put together from characters keeps its parts and takes three times the memory.
 */
function asciiText(bytes: Uint8Array, start: number, end: number): string | undefined {
  const units = unitsOfLength[end - start];
  if (units === undefined) return undefined;
  for (let i = 0; i < units.length; i++) {
    const byte = bytes[start + i] ?? 0;
    if (byte > 127) return undefined;
    units[i] = byte;
  }
  return String.fromCharCode.apply(null, units);
}
