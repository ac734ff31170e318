/** CBOR as a tree that keeps every choice of spelling, so that mutations can make another one. */

export type Item = IntegerItem | SimpleItem | StringItem | ListItem | TagItem | RawItem;

/** How many bytes follow the first one of a head; left out, as few as can be. */
type HeadSize = 0 | 1 | 2 | 4 | 8;

/** An integer: major type 0 or 1 (then -1 - value). */
export interface IntegerItem {
  readonly type: "integer";
  major: 0 | 1;
  value: bigint;
  size?: HeadSize;
}

/** null, undefined, booleans, floats: the bytes themselves. */
export interface SimpleItem {
  readonly type: "simple";
  bytes: number[];
}

/** A byte string (2) or text (3). */
export interface StringItem {
  readonly type: "string";
  major: 2 | 3;
  bytes: Uint8Array;
  size?: HeadSize;
  /** Of indefinite length, in chunks of so many bytes; the last one takes the rest. */
  chunks?: number[];
  /** A length that is not its own. */
  announced?: bigint;
}

/** An array (4), or a map (5) with its keys and values by turns. */
export interface ListItem {
  readonly type: "list";
  major: 4 | 5;
  items: Item[];
  size?: HeadSize;
  isIndefinite?: boolean;
  announced?: bigint;
}

interface TagItem {
  readonly type: "tag";
  tag: bigint;
  item: Item;
}

/** Whatever bytes. */
interface RawItem {
  readonly type: "raw";
  bytes: number[];
}

const encoder = new TextEncoder();

export const text = (value: string): StringItem => ({
  type: "string",
  major: 3,
  bytes: encoder.encode(value),
});
export const byteString = (bytes: Uint8Array): StringItem => ({ type: "string", major: 2, bytes });
export const integer = (value: number): IntegerItem => ({
  type: "integer",
  major: 0,
  value: BigInt(value),
});
export const array = (items: Item[]): ListItem => ({ type: "list", major: 4, items });
export const map = (items: Item[]): ListItem => ({ type: "list", major: 5, items });
export const nothing = (): SimpleItem => ({ type: "simple", bytes: [0xf6] });

/** The bytes that the tree spells. */
export function encodeItem(item: Item): Uint8Array {
  const out: number[] = [];
  write(out, item);
  return Uint8Array.from(out);
}

function write(out: number[], item: Item): void {
  switch (item.type) {
    case "integer":
      head(out, item.major, item.value, item.size);
      return;
    case "string":
      writeString(out, item);
      return;
    case "list": {
      const count = item.major === 5 ? Math.ceil(item.items.length / 2) : item.items.length;
      if (item.isIndefinite === true) out.push((item.major << 5) | 31);
      else head(out, item.major, item.announced ?? BigInt(count), item.size);
      for (const child of item.items) write(out, child);
      if (item.isIndefinite === true) out.push(0xff);
      return;
    }
    case "tag":
      head(out, 6, item.tag);
      write(out, item.item);
      return;
    case "simple":
    case "raw":
      for (const byte of item.bytes) out.push(byte);
  }
}

function writeString(out: number[], { major, bytes, size, chunks, announced }: StringItem): void {
  if (chunks === undefined) {
    head(out, major, announced ?? BigInt(bytes.length), size);
    for (const byte of bytes) out.push(byte);
    return;
  }
  out.push((major << 5) | 31);
  let at = 0;
  for (const length of [...chunks, bytes.length]) {
    const chunk = bytes.subarray(at, at + length);
    head(out, major, BigInt(chunk.length), size);
    for (const byte of chunk) out.push(byte);
    at += chunk.length;
  }
  out.push(0xff);
}

function head(out: number[], major: number, argument: bigint, size: HeadSize = 0): void {
  const needed = argument < 24n ? 0 : argument < 1n << 8n ? 1 : argument < 1n << 16n ? 2 : 4;
  const length = Math.max(size, argument < 1n << 32n ? needed : 8);
  if (length === 0) {
    out.push((major << 5) | Number(argument));
    return;
  }
  out.push((major << 5) | (24 + Math.log2(length)));
  for (let i = length - 1; i >= 0; i--) out.push(Number((argument >> BigInt(8 * i)) & 255n));
}
