/** YAML as manifests use it: one document, string keys, nothing lost, nothing without bounds. */

import { describe, expect, test } from "vitest";
import { DecimalNumber, k8sYaml, readYaml } from "../../src/adapters/index.ts";
import { encode } from "./arbitrary-values.ts";
import { failure } from "./failure.ts";

const header = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n";

describe("numbers", () => {
  test.each([
    ["9007199254740993", "9007199254740993"],
    ["123456789012345678901234567890", "123456789012345678901234567890"],
    ["-0", "-0"],
    ["0.10", "0.10"],
    ["1E400", "1E400"],
    ["+1", "1"],
    ["007", "7"],
    ["-007", "-7"],
    ["00", "0"],
    ["0o17", "15"],
    ["0x1F", "31"],
    ["0xFFFFFFFFFFFFFFFFFF", "4722366482869645213695"],
    [".5", "0.5"],
    ["-.5e3", "-0.5e3"],
    ["1.", "1"],
    ["+01.50E-7", "1.50E-7"],
    ["!!int 12", "12"],
    ["!!float 1", "1"],
    ["!!int '12'", "12"],
  ])("%s is %s", (source, text) => {
    expect(readYaml(encode(`a: ${source}`))).toEqual(new Map([["a", new DecimalNumber(text)]]));
  });

  test.each([
    "1_000",
    "0b1",
    "1:30",
    "0x",
    "0xg",
    "1e",
    ".",
    "+",
    "1.2.3",
    "1e5.5",
    "'1'",
    "!!str 1",
  ])("%s is none", (source) => {
    const value = readYaml(encode(`a: ${source}`));
    expect(typeof (value as Map<string, unknown>).get("a")).toBe("string");
  });

  test.each([
    [
      "null, its words and nothing",
      "[null, Null, NULL, ~, , !!null '']".replace(", ,", ","),
      [null, null, null, null, null],
    ],
    [
      "booleans and what YAML 1.1 took for them",
      "[true, FALSE, !!bool 'true', yes, off]",
      [true, false, true, "yes", "off"],
    ],
    ["a tag that makes a string", "[! 1, !!str true, !!str]", ["1", "true", ""]],
  ])("%s", (_name, source, expected) => {
    expect(readYaml(encode(source))).toEqual(expected);
  });
});

describe("text", () => {
  test("takes CRLF for a line break and skips a byte order mark", () => {
    expect(readYaml(encode("\ufeffa: |\r\n  one\r\n  two\r\n"))).toEqual(
      new Map([["a", "one\ntwo\n"]]),
    );
  });

  test("keeps __proto__ and the order of keys", () => {
    const manifest = readYaml(encode("b: 1\n__proto__: {polluted: 1}\na: 2\n")) as Map<
      string,
      unknown
    >;
    expect([...manifest.keys()]).toEqual(["b", "__proto__", "a"]);
    expect({}).not.toHaveProperty("polluted");
  });

  test("follows aliases to the anchor that stands last before them", () => {
    const source = "a: &x 1\nb: [*x, &x {c: &y d}, *x]\n*y : e\n? &k f\n: *k\n";
    const inner = new Map([["c", "d"]]);
    expect(readYaml(encode(source))).toEqual(
      new Map<string, unknown>([
        ["a", new DecimalNumber("1")],
        ["b", [new DecimalNumber("1"), inner, inner]],
        ["d", "e"],
        ["f", "f"],
      ]),
    );
  });
});

/** Refused in apply and in translation. */
const refusals: readonly (readonly [name: string, source: string, fragment: string])[] = [
  ["an empty body", "", "holds no YAML document"],
  ["comments only", "# nothing\n", "holds no YAML document"],
  ["an empty document", "---\n", "holds no YAML document"],
  ["two documents", `${header}---\n${header}`, "holds 2 YAML documents"],
  ["a document and an empty one", `${header}---\n`, "holds 2 YAML documents"],
  ["five documents", "--- 1\n--- 2\n--- 3\n--- 4\n--- 5\n", "holds 5 YAML documents"],
  [
    "equal keys",
    `${header}data:\n  a: 1\n  b: 2\n  "a": 3\n`,
    'line 7, column 3: duplicate key "a"',
  ],
  ["equal keys in braces", `${header}data: {a: 1, a: 2}`, 'line 4, column 14: duplicate key "a"'],
  ["equal keys of which one is an alias", `${header}data: {&k a: 1, *k : 2}`, 'duplicate key "a"'],
  [
    "a number as a key",
    `${header}data: {1: a}`,
    "line 4, column 8: a key is a number; keys are strings: put it in quotes",
  ],
  ["a tagged number as a key", `${header}data: {!!int 1: a}`, "a key is a number"],
  ["infinity as a key", `${header}data: {.inf: a}`, "a key is a number"],
  ["null as a key", `${header}data: {~: a}`, "a key is null"],
  ["no key", `${header}data: {: a}`, "a key is null"],
  ["a boolean as a key", `${header}data: {true: a}`, "a key is a boolean"],
  ["a list as a key", `${header}data: {[a]: b}`, "a key is a collection"],
  [
    "an alias to a mapping as a key",
    `${header}data: &d {e: {*d : b}}`,
    "stands inside what it names",
  ],
  ["an explicit mapping as a key", `${header}data:\n  ? a: b\n  : c\n`, "a key is a collection"],
  [
    "an alias without an anchor",
    `${header}data: *x`,
    "line 4, column 7: no anchor of this alias's name",
  ],
  [
    "an alias before its anchor",
    `${header}data: [*x, &x 1]`,
    "no anchor of this alias's name stands before it",
  ],
  [
    "an alias inside what it names",
    `${header}data: &x {a: [*x]}`,
    "the alias stands inside what it names",
  ],
  [
    "a lone surrogate",
    String.raw`a: "\ud800"`,
    "line 1, column 4: the string has a lone surrogate",
  ],
  [
    "a control character",
    "a: \u0007",
    "line 1, column 4: the character U+0007 cannot stand in YAML as it is",
  ],
  ["a lone carriage return", "a: 1\rb: 2", "the character U+000D"],
  ["bad indentation", "a:\n  b: 1\n c: 2\n", "line 3, column 1: "],
  ["a tab as indentation", "a:\n\tb: 1\n", "Tabs are not allowed as indentation"],
  ["an open bracket", `${header}data: [1`, "line 4, column 9: "],
  ["an open quote", 'a: "b', 'line 1, column 6: Missing closing "quote'],
  [
    "an unknown escape",
    String.raw`a: "\z"`,
    "line 1, column 5: a double-quoted string has an escape",
  ],
  ["two mappings on a line", "a: b: c", "line 1, column 4: "],
  ["an unknown tag handle", "a: !x!y z", "line 1, column 4: a tag is malformed"],
  ["nesting in brackets", "[".repeat(129), "line 1, column 130: more than 128 levels of nesting"],
  ["nesting in braces", "{a: ".repeat(129), "more than 128 levels of nesting"],
  ["nesting in dashes", "- ".repeat(129), "more than 128 levels of nesting"],
  ["nesting in explicit keys", "? ".repeat(129), "more than 128 levels of nesting"],
  [
    "nesting in pairs inside brackets",
    `${"[a: ".repeat(65)}${"]".repeat(65)}`,
    "more than 128 levels of nesting",
  ],
  [
    "nesting through aliases",
    `a: &a ${nest(100)}\nb: &b [*a]\nc: ${nest(28, "*b")}`,
    "line 3, column 32: more than 128",
  ],
  ["a bomb of aliases", bomb(20), "the aliases stand for far more than the document holds"],
  ["a body of comments", "# x\n".repeat(10_000), "the body holds no YAML document"],
  [
    "a comment that touches what is before it",
    "a: [b]#c",
    "line 1, column 7: a comment must be separated from what is before it by a space",
  ],
  [
    "a long text that many aliases stand for",
    `a: &a ${"x".repeat(50_000)}\nb: [${"*a,".repeat(500)}]`,
    "the aliases stand for far more than the document holds",
  ],
];

describe("refused", () => {
  test.each(refusals)("%s", (_name, source, fragment) => {
    for (const read of [readReference, readYaml]) {
      const error = failure(() => read(encode(source)));
      expect(error.code).toBe("invalid_manifest");
      expect(error.reason).toContain(fragment);
      expect(error.reason).not.toContain("\n");
    }
  });

  test("bytes that are not UTF-8", () => {
    const error = failure(() => readYaml(Uint8Array.of(0x61, 0x3a, 0x0a, 0x20, 0xff)));
    expect(error.message).toBe("[invalid_manifest] line 2, column 2: the body is not valid UTF-8");
  });

  test("more tokens than the parser can be trusted with", () => {
    const error = failure(() => readYaml(encode(`[${"a,".repeat(300_000)}]`)));
    expect(error.code).toBe("too_large");
    expect(error.reason).toBe("the body has more than 750000 YAML tokens");
  });

  test.each([
    ["blank lines", "a: b", "\n"],
    ["lines of a block scalar", "a: |\n  b", "\n"],
    ["lines of a quoted scalar", 'a: "b', "\n"],
    ["comments", "a: b", "\n#"],
  ])("more %s than the lexer can be trusted with", (_name, before, line) => {
    const error = failure(() => readYaml(encode(before + line.repeat(2_000_000))));
    expect(error.code).toBe("too_large");
    expect(error.reason).toBe("the body has more than 2000000 lines of YAML");
  });
});

describe("bounds that leave room", () => {
  test("128 levels", () => {
    expect(() => readYaml(encode(nest(128)))).not.toThrow();
  });

  test("a megabyte in one scalar, 20,000 keys, 1,000 uses of an anchor", () => {
    const keys = Array.from({ length: 20_000 }, (_, index) => `  k${index}: v`).join("\n");
    const source = `text: ${"x".repeat(1_000_000)}\nkeys:\n${keys}\nb: &b {c: [1, 2, 3]}\nuses: [${"*b,".repeat(1000)}]`;
    const manifest = readYaml(encode(source)) as ReadonlyMap<string, ReadonlyMap<string, unknown>>;
    expect(manifest.get("keys")?.size).toBe(20_000);
  });

  test("100,000 lines of comments, and a comment longer than a key may be before its colon", () => {
    const source = `a: |\n x\n${"# c\n\n".repeat(50_000)}b: c # ${"x".repeat(2_000)}\nd: e`;
    expect(readYaml(encode(source))).toEqual(
      new Map([
        ["a", "x\n"],
        ["b", "c"],
        ["d", "e"],
      ]),
    );
  });
});

describe("what only YAML can say", () => {
  test.each([
    ["infinity", "a: .inf", "infinity or NaN"],
    ["negative infinity", "a: -.INF", "infinity or NaN"],
    ["NaN", "a: .nan", "infinity or NaN"],
    ["a tag of somebody's own", "a: !secret b", "core schema"],
    ["a tag on a mapping", "a: !thing {b: c}", "core schema"],
    ["!!binary", "a: !!binary aGk=", "core schema"],
    ["!!timestamp", "a: !!timestamp 2001-12-14", "core schema"],
    ["!!set", "a: !!set {b, c}", "core schema"],
    ["!!omap", "a: !!omap [b: c]", "core schema"],
    ["a tag named like a method of all objects", "a: !<toString> b", "core schema"],
    ["a tag named like the prototype of all objects", "a: !<__proto__> b", "core schema"],
    ["a list tagged as a mapping", "a: !!map [b]", "core schema"],
    ["a fraction tagged as an integer", "a: !!int 1.5", "the tag !!int says"],
    ["text tagged as a boolean", "a: !!bool maybe", "the tag !!bool says"],
    ["a merge key", "a: &a {b: c}\nd: {<<: *a}", "merge"],
    ["a tagged merge key", "a: {!!merge <<: {b: c}}", "core schema"],
  ])("%s is applied, but not translated", (_name, source, fragment) => {
    expect(k8sYaml.reference(encode(header + source))).toEqual({ kind: "ConfigMap", name: "a" });
    const error = failure(() => readYaml(encode(source)));
    expect(error.code).toBe("unsupported_format");
    expect(error.reason).toContain(fragment);
    expect(error.reason).toMatch(/^line \d+, column \d+: /);
  });

  test("a document that declares YAML 1.1", () => {
    const source = `%YAML 1.1\n---\n${header}`;
    expect(k8sYaml.reference(encode(source))).toEqual({ kind: "ConfigMap", name: "a" });
    const error = failure(() => readYaml(encode(source)));
    expect(error.code).toBe("unsupported_format");
    expect(error.reason).toContain("YAML 1.1");
  });

  test("a quoted << is a key like any other", () => {
    expect(readYaml(encode('"<<": a'))).toEqual(new Map([["<<", "a"]]));
  });
});

const readReference = (body: Uint8Array): unknown => k8sYaml.reference(body);

function nest(levels: number, core = ""): string {
  return "[".repeat(levels) + core + "]".repeat(levels);
}

function bomb(doublings: number): string {
  const lines = Array.from({ length: doublings }, (_, i) => `b${i}: &b${i + 1} [*b${i}, *b${i}]`);
  return `a: &b0 x\n${lines.join("\n")}`;
}
