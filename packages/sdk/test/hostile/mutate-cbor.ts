/** Mutations of CBOR that know its structure: most of what comes out is well-formed, and wrong. */

import {
  array,
  byteString,
  encodeItem,
  integer,
  type Item,
  type ListItem,
  map,
  nothing,
  type StringItem,
  text,
} from "./cbor-item.ts";
import { mutateBytes } from "./mutate-bytes.ts";
import type { Random } from "./random.ts";

/** Keys of the format, keys that are none, keys that a careless reader would set on a prototype. */
const keys = [
  ...["ref", "payload", "format", "kind", "name", "namespace", "extra", "", "\0x", "é"],
  ...["__proto__", "constructor", "prototype", "toString", "hasOwnProperty"],
];

const sizes = [0, 1, 2, 4, 8] as const;

/** Where a node hangs, so that it can be replaced. */
interface Place {
  readonly item: Item;
  replace(other: Item): void;
}

/** The bytes of the tree after up to four mutations, in whatever spelling; changes the tree. */
export function mutateCbor(random: Random, tree: Item): Uint8Array {
  const root = { item: tree };
  for (let left = random.pick([0, 1, 1, 1, 2, 2, 3, 4]); left > 0; left--) mutateTree(random, root);
  if (random.chance(0.5)) respellSome(random, root.item);
  const bytes = encodeItem(root.item);
  if (random.chance(0.85)) return bytes;
  return random.chance(0.9) ? mutateBytes(random, bytes) : Uint8Array.of(...bytes, 0xf6);
}

function mutateTree(random: Random, root: { item: Item }): void {
  const places: Place[] = [];
  collect(root.item, (other) => void (root.item = other), places);
  const { item, replace } = random.pick(places);
  if (random.chance(0.25)) {
    replace(replacement(random, item, random.pick(places).item));
    return;
  }
  if (item.type === "list") mutateList(random, item);
  else if (item.type === "string") mutateString(random, item, replace);
  else if (item.type === "integer") {
    if (random.chance(0.5)) item.size = random.pick(sizes);
    else item.value = random.pick([0n, 23n, 24n, 255n, 256n, 1n << 32n, (1n << 64n) - 1n]);
  } else replace(replacement(random, item, item));
}

function collect(item: Item, replace: (other: Item) => void, places: Place[]): void {
  places.push({ item, replace });
  if (item.type === "tag") collect(item.item, (other) => void (item.item = other), places);
  if (item.type !== "list") return;
  item.items.forEach((child, at) =>
    collect(child, (other) => void (item.items[at] = other), places),
  );
}

/** Another item in an item's place. */
function replacement(random: Random, item: Item, other: Item): Item {
  switch (random.below(10)) {
    case 0:
      return nest(random, item);
    case 1:
      return structuredClone(other);
    case 2:
      return { type: "tag", tag: random.pick([64n, 64n, 0n, 24n, 55_799n]), item };
    case 3:
      return { type: "raw", bytes: random.pick([[0xff], [0x1c], [0x5f], [0xf8, 10], [0xc0]]) };
    default:
      return randomItem(random, 2);
  }
}

/** Something of any type. */
function randomItem(random: Random, depth: number): Item {
  switch (random.below(depth === 0 ? 5 : 7)) {
    case 0:
      return text(random.pick(keys));
    case 1:
      return byteString(random.bytes(random.below(5)));
    case 2:
      return integer(random.pick([0, 10, 23, 24, 255, 256, 65_536, 2 ** 53]));
    case 3:
      return nothing();
    case 4:
      return {
        type: "simple",
        bytes: random.pick([[0xf4], [0xf5], [0xf7], [0xf0], [0xf9, 0x7e, 0], [0xf8, 99]]),
      };
    case 5:
      return array(random.list(random.below(4), () => randomItem(random, depth - 1)));
    default:
      return map(random.list(2 * random.below(3), () => randomItem(random, depth - 1)));
  }
}

/** The item inside some, many or too many others. */
function nest(random: Random, item: Item): Item {
  let nested = item;
  for (let depth = random.pick([1, 2, 62, 63, 64, 65, 100]); depth > 0; depth--) {
    nested = random.chance(0.5) ? array([nested]) : map([text("a"), nested]);
    if (random.chance(0.2)) nested.isIndefinite = true;
  }
  return nested;
}

function mutateList(random: Random, list: ListItem): void {
  const step = list.major === 5 ? 2 : 1;
  const at = step * random.below(Math.floor(list.items.length / step) + 1);
  const entry = list.items.slice(at, at + step);
  switch (random.below(10)) {
    case 0:
      list.isIndefinite = true;
      return;
    case 1:
      list.size = random.pick(sizes);
      return;
    case 2:
      list.items.splice(at, step);
      return;
    case 3:
      // The same key once more, often in another spelling.
      list.items.push(...entry.map((item) => respelled(random, structuredClone(item))));
      return;
    case 4:
      list.items.splice(at, step);
      list.items.unshift(...entry);
      return;
    case 5:
      list.announced = random.pick([0n, 1n, 1000n, 1n << 31n, 1n << 32n, (1n << 64n) - 1n]);
      return;
    case 6:
      list.major = list.major === 5 ? 4 : 5;
      return;
    case 7:
      list.items = random.list(step * random.below(40), () => randomItem(random, 1));
      return;
    default:
      if (step === 2) list.items.splice(at, 0, text(random.pick(keys)), randomItem(random, 2));
      else list.items.splice(at, 0, randomItem(random, 2));
  }
}

function mutateString(random: Random, string: StringItem, replace: (other: Item) => void): void {
  switch (random.below(9)) {
    case 0:
    case 1:
      respelled(random, string);
      return;
    case 2:
      if (string.major === 2) replace({ type: "tag", tag: 64n, item: string });
      else string.major = 2;
      return;
    case 3:
      replace(array([...string.bytes].slice(0, 300).map(integer)));
      return;
    case 4:
      string.bytes = Uint8Array.of(...string.bytes, random.pick([0xff, 0xc3, 0xed, 0x80]));
      return;
    case 5:
      string.announced = random.pick([0n, 1n, 1n << 16n, 1n << 32n, (1n << 64n) - 1n]);
      return;
    case 6:
      string.bytes = mutateBytes(random, string.bytes);
      return;
    case 7:
      string.major = string.major === 2 ? 3 : 2;
      return;
    default:
      string.bytes = text(random.pick([...keys, "..", "a/../b", "x".repeat(260)])).bytes;
  }
}

/** A few items of the tree in another spelling, which changes nothing that they say. */
function respellSome(random: Random, item: Item): void {
  if (random.chance(0.2)) respelled(random, item);
  if (item.type === "list") for (const child of item.items) respellSome(random, child);
}

/** The item in another spelling of the same value. */
function respelled(random: Random, item: Item): Item {
  if (item.type === "integer") item.size = random.pick(sizes);
  if (item.type === "list") item.isIndefinite = random.chance(0.5);
  if (item.type !== "string") return item;
  if (random.chance(0.5)) item.size = random.pick(sizes);
  else item.chunks = random.list(random.below(4), () => random.below(5));
  return item;
}
