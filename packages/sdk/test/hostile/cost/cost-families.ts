/** Inputs that grow in one respect each: what each reader may take for them is linear in their size. */

import {
  array,
  byteString,
  encodeItem,
  integer,
  type Item,
  map,
  nothing,
  text,
} from "../cbor-item.ts";
import { seal } from "../../../src/codec/sealed-file.ts";

/** What reads the inputs of a family. */
export type Reader =
  | "envelope"
  | "snapshot"
  | "restore"
  | "sealed"
  | "yaml"
  | "json"
  | "hcl"
  | "reference";

/** One respect in which inputs grow. */
export interface CostFamily {
  readonly name: string;
  readonly reader: Reader;
  /** An input of about so many bytes. */
  make(size: number): Uint8Array;
}

const encoder = new TextEncoder();
const bytesOf = (source: string): Uint8Array => encoder.encode(source);
const { floor, max } = Math;

/** A manifest with this behind its head, where `repeat` fills what is left of the size. */
function yaml(name: string, before: string, unit: string, after: string = ""): CostFamily {
  const head = "apiVersion: v1\nkind: A\nmetadata: {name: a}\n";
  const make = (size: number): Uint8Array =>
    bytesOf(head + before + unit.repeat(count(size, unit, head + before + after)) + after);
  return { name: `yaml: ${name}`, reader: "yaml", make };
}

function json(name: string, before: string, unit: string, after: string = ""): CostFamily {
  const head = '{"apiVersion":"v1","kind":"A","metadata":{"name":"a"},"x":';
  const make = (size: number): Uint8Array =>
    bytesOf(head + before + unit.repeat(count(size, unit, head + before + after)) + after);
  return { name: `json: ${name}`, reader: "json", make };
}

function count(size: number, unit: string, around: string): number {
  return max(1, floor((size - bytesOf(around).length) / bytesOf(unit).length));
}

/** An envelope with one key more, of which nobody knows the meaning. */
function envelope(name: string, extra: (size: number) => Item): CostFamily {
  const make = (size: number): Uint8Array =>
    encodeItem(map([...head(), text("extra"), extra(size)]));
  return { name: `envelope: ${name}`, reader: "envelope", make };
}

const address = (name: string): Item =>
  map([text("kind"), text("A"), text("name"), text(name), text("namespace"), nothing()]);
const head = (): Item[] => [
  text("ref"),
  address("b"),
  text("payload"),
  byteString(new Uint8Array(1)),
];
const repeated = <T extends Item | readonly Item[]>(times: number, make: (at: number) => T): T[] =>
  Array.from({ length: floor(times) }, (_, at) => make(at));
const raw = (bytes: number[]): Item => ({ type: "raw", bytes });

function payload(name: string, make: (size: number) => Item): CostFamily {
  return {
    name: `envelope: ${name}`,
    reader: "envelope",
    make: (size) => encodeItem(map([text("ref"), address("b"), text("payload"), make(size)])),
  };
}

function entries(size: number, bytes: number, make: (at: number) => Item[]): Uint8Array {
  return encodeItem(array(repeated(size / bytes, (at) => array(make(at)))));
}

const inner = (name: string): Item =>
  byteString(
    encodeItem(map([text("ref"), address(name), text("payload"), byteString(new Uint8Array())])),
  );

const cbor: readonly CostFamily[] = [
  envelope("depth of arrays", (size) => raw([...Array.from({ length: size }, () => 0x81), 0])),
  envelope("depth of indefinite maps", (size) =>
    raw(Array.from({ length: size / 3 }, () => [0xbf, 0x61, 0x61]).flat()),
  ),
  envelope("announced lengths", (size) =>
    raw(Array.from({ length: size / 9 }, () => [0x9b, 0, 0, 0, 1, 0, 0, 0, 0]).flat()),
  ),
  envelope("lengths that shrink", (size) =>
    raw(
      Array.from({ length: size / 5 }, (_, at) => {
        const left = size - 5 * (at + 1);
        return [0x9a, 0, (left >> 16) & 255, (left >> 8) & 255, left & 255];
      }).flat(),
    ),
  ),
  envelope("empty maps", (size) => array(repeated(size, () => map([])))),
  envelope("maps of one key", (size) =>
    array(repeated(size / 4, () => map([text("a"), integer(1)]))),
  ),
  envelope("distinct keys", (size) =>
    map(repeated(size / 7, (at) => [text(at.toString(36).padStart(4, "0")), integer(1)]).flat()),
  ),
  envelope("keys of bytes", (size) =>
    map(
      repeated(size / 7, (at) => [
        byteString(bytesOf(at.toString(36).padStart(4, "0"))),
        integer(1),
      ]).flat(),
    ),
  ),
  envelope("integer keys of eight bytes", (size) =>
    map(
      repeated(size / 10, (at) => [
        { type: "integer", major: 0, value: (1n << 63n) + BigInt(at) } as const,
        integer(1),
      ]).flat(),
    ),
  ),
  envelope("a long key of bytes", (size) => map([byteString(new Uint8Array(size)), integer(1)])),
  envelope("tags", (size) =>
    array(
      repeated(size / 3, () => ({ type: "tag", tag: 64n, item: byteString(new Uint8Array()) })),
    ),
  ),
  envelope("tags in tags", (size) => raw(Array.from({ length: size }, () => 0xc0))),
  envelope("empty chunks of text", (size) =>
    raw([0x7f, ...Array.from({ length: size }, () => 0x60), 0xff]),
  ),
  envelope("chunks of one letter", (size) =>
    raw([0x7f, ...Array.from({ length: size / 2 }, () => [0x61, 0x61]).flat(), 0xff]),
  ),
  payload("empty chunks of a payload", (size) =>
    raw([0x5f, ...Array.from({ length: size }, () => 0x40), 0xff]),
  ),
  payload("small chunks of a payload", (size) =>
    raw([0x5f, ...Array.from({ length: size / 2 }, () => [0x41, 7]).flat(), 0xff]),
  ),
  payload("a payload of integers", (size) => array(repeated(size / 2, () => integer(200)))),
  payload("an indefinite payload of integers", (size) =>
    raw([0x9f, ...Array.from({ length: size }, () => 7), 0xff]),
  ),
  payload("a long payload", (size) => byteString(new Uint8Array(size))),
  {
    name: "envelope: duplicates at the end of many keys",
    reader: "envelope",
    make: (size) =>
      encodeItem(
        map([
          ...repeated(size / 6, (at) => [text(at.toString(36).padStart(4, "0")), nothing()]).flat(),
          text("0000"),
          nothing(),
        ]),
      ),
  },
  {
    name: "envelope: a reference with long texts",
    reader: "envelope",
    make: (size) =>
      encodeItem(
        map([
          text("ref"),
          address("é".repeat(size / 2)),
          text("payload"),
          byteString(new Uint8Array()),
        ]),
      ),
  },
];

const snapshots: readonly CostFamily[] = [
  {
    name: "snapshot: many entries",
    reader: "snapshot",
    make: (size) => entries(size, 33, (at) => [address(String(at)), byteString(new Uint8Array(1))]),
  },
  {
    name: "restore: many entries",
    reader: "restore",
    make: (size) => entries(size, 75, (at) => [address(String(at)), inner(String(at))]),
  },
  {
    name: "restore: many offenders",
    reader: "restore",
    make: (size) => entries(size, 32, () => [address("a"), byteString(new Uint8Array(1))]),
  },
  {
    name: "restore: the same entry many times",
    reader: "restore",
    make: (size) => entries(size, 75, () => [address("a"), inner("a")]),
  },
  {
    name: "restore: long references that differ at their end",
    reader: "restore",
    make: (size) =>
      entries(size, 560, (at) => {
        const name = `${"n".repeat(240)}${at}`;
        return [address(name), inner(name)];
      }),
  },
];

const yamls: readonly CostFamily[] = [
  yaml("keys", "", "k: &a v\n"),
  {
    name: "yaml: distinct keys",
    reader: "yaml",
    make: (size) =>
      bytesOf(
        `apiVersion: v1\nkind: A\nmetadata: {name: a}\n${Array.from({ length: size / 10 }, (_, at) => `k${at}: v`).join("\n")}`,
      ),
  },
  yaml("aliases of a small text", "x: &x a\ny: [", "*x,", "]"),
  {
    name: "yaml: aliases of a long text",
    reader: "yaml",
    make: (size) =>
      bytesOf(
        `apiVersion: v1\nkind: A\nmetadata: {name: a}\nx: &x ${"a".repeat(size / 2)}\ny: [${"*x,".repeat(size / 6)}]`,
      ),
  },
  {
    name: "yaml: aliases of a large collection",
    reader: "yaml",
    make: (size) =>
      bytesOf(
        `apiVersion: v1\nkind: A\nmetadata: {name: a}\nx: &x [${"a,".repeat(size / 4)}]\ny: [${"*x,".repeat(size / 6)}]`,
      ),
  },
  {
    name: "yaml: a bomb of aliases",
    reader: "yaml",
    make: (size) =>
      bytesOf(
        `apiVersion: v1\nkind: A\nmetadata: {name: a}\nx: &b0 x\n${Array.from({ length: size / 24 }, (_, at) => `b${at}: &b${at + 1} [*b${at}, *b${at}]`).join("\n")}`,
      ),
  },
  yaml("one anchor many times", "x: [", "&a b,", "]"),
  yaml("anchors before nothing", "x: ", "&a "),
  yaml("tags", "x: [", "!!str a,", "]"),
  yaml("tags before nothing", "x: ", "! "),
  yaml("a long tag", "x: !", "a!", " b"),
  yaml("tag directives", "", "%TAG !a! b\n"),
  yaml("brackets", "x: ", "["),
  yaml("braces", "x: ", "{a: "),
  yaml("dashes", "x:\n", "- "),
  yaml("question marks", "x:\n  ", "? "),
  yaml("colons", "x:\n  ", ": "),
  yaml("shallow collections", "x: [", "[],", "]"),
  yaml("pairs in a flow sequence", "x: [", "a: b,", "]"),
  yaml("comments", "", "# c\n"),
  yaml("comments after a block scalar", "x: |\n  a\n", " # c\n"),
  yaml(
    "comments after blank lines after a block scalar",
    `x: |\n  a\n${"\n".repeat(5_000)}`,
    "  # c\n",
  ),
  yaml("blank lines in deep collections", `x:\n ${"- ".repeat(100)}a\n`, " \n"),
  yaml("deep collections with blank lines", "x:\n", ` ${"- ".repeat(60)}a\n${" \n".repeat(60)}`),
  yaml("trailing comments", "", "a:\n - b # c\n"),
  yaml("a literal block", "x: |\n", "  a\n"),
  yaml("a folded block of indented lines", "x: >\n", "  a\n   b\n\n"),
  yaml("empty lines of a block", "x: |+\n  a\n", "\n"),
  yaml("block scalars", "x:\n", "- |\n  a\n"),
  yaml("lines of a plain scalar", "x: a\n", "  b\n"),
  yaml("lines of a quoted scalar", 'x: "a\n', "  b\n\n", '"'),
  yaml("blanks in a quoted line", "x: 'a\n", "  b    ", "'"),
  yaml("escapes", 'x: "', "\\u0041\\n", '"'),
  yaml("line breaks that are escaped", 'x: "', "\\\n  ", '"'),
  yaml("quotes in quotes", "x: '", "''", "'"),
  yaml("quotes that are not closed", "", 'a: "\n'),
  yaml("a long plain scalar", "x: ", "a"),
  yaml("a long scalar of blanks", "x: a", " ", "b"),
  yaml("a long number", "x: ", "1"),
  yaml("a number that is none", "x: 0", "0", "x"),
  yaml("hexadecimal numbers", "x:\n", `- 0x${"f".repeat(1_000)}\n`),
  yaml("short numbers", "x: [", "0x1f,", "]"),
  yaml("tabs", "x: a", "\t", "b"),
  yaml("documents", "", "---\n"),
  yaml("flow collections that end too early", "x: ", "[\na\n"),
  yaml("commas", "x: [", ",", "]"),
];

const jsons: readonly CostFamily[] = [
  json("brackets", "", "["),
  json("members", "{", '"a":{', "}"),
  {
    name: "json: distinct names",
    reader: "json",
    make: (size) =>
      bytesOf(
        `{"apiVersion":"v1","kind":"A","metadata":{"name":"a"}${Array.from({ length: size / 10 }, (_, at) => `,"k${at}":1`).join("")}}`,
      ),
  },
  json("small arrays", "[", "[],", "[]]}"),
  json("empty objects", "[", "{},", "{}]}"),
  json("escapes", '"', "\\n", '"}'),
  json("escaped surrogates", '"', "\\ud83d\\ude00", '"}'),
  json("characters like DEL", '"', "\u007f", '"}'),
  json("a long string", '"', "a", '"}'),
  json("emoji", '"', "😀", '"}'),
  json("a text of two scripts", '"中', "a", '"}'),
  json("a string that is not closed", '"', "a"),
  json("a long number", "", "1", "}"),
  json("short numbers", "[", "1,", "1]}"),
  json("a long fraction", "0.", "1", "e5}"),
  json("blanks", "", " ", "1}"),
  json("line breaks before an error", "", "\n", "?"),
  json("an error far along a line", `"`, "é", '"?'),
  {
    name: "json: a wrong byte at the end",
    reader: "json",
    make: (size) => Uint8Array.from({ length: size }, (_, at) => (at === size - 1 ? 0xff : 0x20)),
  },
  json("a list of lines to print", "[[[[[[[[", "1,", "1]]]]]]]]}"),
];

function hcl(name: string, before: string, unit: string, after: string = ""): CostFamily {
  const make = (size: number): Uint8Array =>
    bytesOf(before + unit.repeat(count(size, unit, before + after)) + after);
  return { name: `hcl: ${name}`, reader: "hcl", make };
}

const hcls: readonly CostFamily[] = [
  hcl("blocks in blocks", 'job "a" {\n', "b {\n"),
  hcl("blocks beside blocks", 'job "a" {\n', "b {\n}\n", "}"),
  {
    name: "hcl: distinct arguments",
    reader: "hcl",
    make: (size) =>
      bytesOf(
        `job "a" {\n${Array.from({ length: size / 10 }, (_, at) => `a${at} = 1\n`).join("")}}`,
      ),
  },
  hcl("labels", 'job "a" {\nb ', '"c" ', "{}\n}"),
  hcl("brackets", 'job "a" {\nb = ', "["),
  hcl("shallow brackets", 'job "a" {\nb = [', "[],", "]\n}"),
  hcl("templates in templates", 'job "a" {\nb = "', '${"'),
  hcl("templates", 'job "a" {\nb = "', "${c}", '"\n}'),
  hcl("dollars", 'job "a" {\nb = "', "$", '"\n}'),
  hcl("escaped sequences", 'job "a" {\nb = "', "$${", '"\n}'),
  hcl("escapes", 'job "a" {\nid = "', "\\u0041", '"\n}'),
  hcl("escapes before digits", 'job "a" {\nid = "', "\\u0041aaaaaaaaaaaaaaaaaaaaaaaa", '"\n}'),
  hcl("a long id", 'job "a" {\nid = "', "e\u0301", '"\n}'),
  hcl("marks in the wrong order", 'job "a" {\nid = "', "\u0301\u0316", '"\n}'),
  hcl("lines of a heredoc", 'job "a" {\nb = <<E\n', "c\n", "E\n}"),
  hcl(
    "lines of a heredoc that begin like its end",
    `job "a" {\nb = <<${"E".repeat(500)}\n`,
    `${"E".repeat(499)}\n`,
  ),
  hcl("blank lines of a heredoc", 'job "a" {\nb = <<E\n', "   \n", "E\n}"),
  hcl("heredocs", 'job "a" {\nb = [', "<<E\nE\n,", "]\n}"),
  hcl("line comments", 'job "a" {\n', "# c\n", "}"),
  hcl("block comments", 'job "a" {\n', "/* c */", "}"),
  hcl("comments that are not closed", 'job "a" {\n', "/*"),
  hcl("comments before a namespace", 'job "a" {\nnamespace = "b" ', "/**/", "\n}"),
  hcl("a long label", 'job "', "a", '" {}'),
  hcl("a long identifier", 'job "a" {\n', "a", " = 1\n}"),
  hcl("a long identifier of other scripts", 'job "a" {\n', "名", " = 1\n}"),
  hcl("a long marker of a heredoc", 'job "a" {\nb = <<', "é", "\n}"),
  hcl("a long number", 'job "a" {\nb = ', "1", "\n}"),
  hcl("operators", 'job "a" {\nb = c', " + c", "\n}"),
];

function sealed(name: string, before: string, unit: string, after: string): CostFamily {
  const make = (size: number): Uint8Array => {
    const catalog = before + unit.repeat(count(size, unit, before + after)) + after;
    return seal("catalog", bytesOf(`{"catalog":${catalog},"last_applied_index":1}`));
  };
  return { name: `sealed: ${name}`, reader: "sealed", make };
}

const sealeds: readonly CostFamily[] = [
  sealed("a long string", '"', "a", '"'),
  sealed("escapes", '"', "\\n", '"'),
  sealed("brackets", "", "[", ""),
  sealed("numbers", "[", "1,", "1]"),
  sealed("long integers", "[", `${"9".repeat(300)},`, "1]"),
  sealed("a number that is too long", "", "9", ""),
  sealed("objects", "[", "{},", "1]"),
];

const references: readonly CostFamily[] = [
  {
    name: "reference: a long name",
    reader: "reference",
    make: (size) => bytesOf("n".repeat(size)),
  },
  {
    name: "reference: slashes",
    reader: "reference",
    make: (size) => bytesOf("../".repeat(size / 3)),
  },
  {
    name: "reference: dots in long texts",
    reader: "reference",
    make: (size) => bytesOf("..a".repeat(size / 3)),
  },
];

/** Every family, in the order of the report. */
export const costFamilies: readonly CostFamily[] = [
  ...cbor,
  ...snapshots,
  ...sealeds,
  ...yamls,
  ...jsons,
  ...hcls,
  ...references,
];
