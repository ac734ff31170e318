/** Strict JSON: what JSON.parse reads it reads too, with nothing lost; what is ambiguous it refuses. */

import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  DecimalNumber,
  type ManifestValue,
  readJson,
  writeJson,
} from "../../src/adapters/index.ts";
import { decode, encode, fromPlain, toPlain, value } from "./arbitrary-values.ts";
import { failure } from "./failure.ts";

describe("readJson", () => {
  test("agrees with JSON.parse on arbitrary JSON", () => {
    fc.assert(
      fc.property(
        fc.json({ stringUnit: "binary" }),
        fc.constantFrom(0, 1, "\t"),
        (source, indentation) => {
          const spaced = JSON.stringify(JSON.parse(source), undefined, indentation);
          expect(toPlain(readJson(encode(spaced)))).toEqual(fromPlain(JSON.parse(spaced)));
        },
      ),
    );
  });

  test("refuses whatever JSON.parse refuses", () => {
    const inserted = fc.constantFrom(...'{}[]",:\\u0-+.eEx \n\u0000\ufefftn');
    const broken = fc
      .tuple(fc.json(), fc.nat(), fc.nat(3), inserted)
      .map(([source, position, length, text]) => {
        const at = position % (source.length + 1);
        return (source.slice(0, at) + text + source.slice(at + length)).toWellFormed();
      })
      .filter((source) => !isJson(source));
    fc.assert(
      fc.property(broken, (source) => {
        const error = failure(() => readJson(encode(source)));
        expect(error.code).toBe("invalid_manifest");
        expect(error.reason).toMatch(/^line \d+, column \d+: [^\n]+$/);
      }),
      { numRuns: 1000 },
    );
  });

  test("is undone by writeJson", () => {
    fc.assert(
      fc.property(value, (manifest) => {
        expect(readJson(writeJson(manifest))).toEqual(manifest);
      }),
      { numRuns: 500 },
    );
  });

  test("keeps the digits of numbers, the order of names and __proto__", () => {
    const source = '{"b":9007199254740993,"2":-0.10,"__proto__":{"polluted":1E+400},"1":null}';
    const manifest = readJson(encode(source)) as ReadonlyMap<string, ManifestValue>;
    expect([...manifest.keys()]).toEqual(["b", "2", "__proto__", "1"]);
    expect(manifest.get("b")).toEqual(new DecimalNumber("9007199254740993"));
    expect(JSON.stringify(decode(writeJson(manifest)).replaceAll(/\s/g, ""))).toBe(
      JSON.stringify(source),
    );
    expect({}).not.toHaveProperty("polluted");
  });

  test.each([
    ["two equal names", '{"a":1,\n "b":2, "a":3}', 'line 2, column 9: duplicate name "a"'],
    ["equal names of which one is escaped", String.raw`{"a":1,"\u0061":2}`, 'duplicate name "a"'],
    ["equal names __proto__", '{"__proto__":1,"__proto__":1}', 'duplicate name "__proto__"'],
    [
      "a byte order mark",
      "\ufeff{}",
      "line 1, column 1: JSON does not begin with a byte order mark",
    ],
    [
      "a lone high surrogate",
      String.raw`["\ud800"]`,
      "line 1, column 2: the string has a lone surrogate",
    ],
    ["a lone low surrogate", String.raw`["😀\udc00x"]`, "lone surrogate"],
    ["surrogates in the wrong order", String.raw`"\ude00\ud83d"`, "lone surrogate"],
    ["text after the value", "{}\n{}", "line 2, column 1: text follows"],
    ["an empty body", "", "line 1, column 1: the text ends too early"],
    ["white space only", " \n\t ", "the text ends too early"],
    ["an open object", '{"a":1', 'expected "," or "}"'],
    ["a comma before the end", "[1,]", "expected a value"],
    ["a name without quotes", "{a:1}", "expected a name in double quotes"],
    ["a missing colon", '{"a" 1}', 'expected ":"'],
    ["an open string", '["a', "line 1, column 2: the string is not closed"],
    ["a tab in a string", '"a\tb"', "line 1, column 3: a control character"],
    ["an unknown escape", String.raw`"\x41"`, "line 1, column 2: the escape is not one"],
    ["a short escape", String.raw`"\u00"`, "the escape is not one"],
    ["a leading zero", "[01]", 'expected "," or "]"'],
    ["a leading plus", "[+1]", "expected a value"],
    ["a bare dot", "[1.]", 'expected "," or "]"'],
    ["infinity", "[Infinity]", "expected a value"],
    ["a comment", "[1 /* x */]", 'expected "," or "]"'],
    ["too much nesting", "[".repeat(129), "line 1, column 129: more than 128 levels of nesting"],
  ])("refuses %s", (_name, source, fragment) => {
    const error = failure(() => readJson(encode(source)));
    expect(error.code).toBe("invalid_manifest");
    expect(error.reason).toContain(fragment);
  });

  test.each([
    [
      "a byte that UTF-8 does not have",
      [0x22, 0xc3, 0xa9, 0x0a, 0x61, 0xff, 0x22],
      "line 2, column 2",
    ],
    ["a surrogate in UTF-8", [0x22, 0xed, 0xa0, 0x80, 0x22], "line 1, column 2"],
    ["a character that is cut off", [0x22, 0xf0, 0x9f, 0x98], "line 1, column 2"],
    ["an overlong slash", [0x22, 0xc0, 0xaf, 0x22], "line 1, column 2"],
  ])("refuses %s", (_name, bytes, place) => {
    const error = failure(() => readJson(Uint8Array.from(bytes)));
    expect(error.code).toBe("invalid_manifest");
    expect(error.reason).toBe(`${place}: the body is not valid UTF-8`);
  });

  test("an empty object stays empty, whoever tries to put something into it", () => {
    const read = () => readJson(encode("{}")) as Map<string, ManifestValue>;
    expect(() => read().set("leaked", "secret")).toThrow(TypeError);
    expect(() => Object.assign(read(), { leaked: "secret" })).toThrow(TypeError);
    expect(read()).toEqual(new Map());
    expect(new Map(read()).set("a", null).size).toBe(1);
  });

  test("reads 128 levels", () => {
    const source = "[".repeat(128) + "]".repeat(128);
    expect(decode(writeJson(readJson(encode(source)))).replaceAll(/\s/g, "")).toBe(source);
  });
});

describe("writeJson", () => {
  test("writes two spaces a level", () => {
    const manifest = new Map<string, ManifestValue>([
      ["a", [new DecimalNumber("1"), "x"]],
      ["b", new Map()],
      ["c", []],
    ]);
    expect(decode(writeJson(manifest))).toBe(
      '{\n  "a": [\n    1,\n    "x"\n  ],\n  "b": {},\n  "c": []\n}\n',
    );
  });

  test.each<[string, ManifestValue, string]>([
    ["a lone surrogate", ["\ud800"], "well-formed"],
    ["a lone surrogate in a name", new Map([["\udc00", null]]), "well-formed"],
    ["a number outside JSON's grammar", new DecimalNumber("0x1F"), "grammar"],
    ["too much nesting", nest(129), "128 levels"],
    [
      "a text without end",
      Array.from({ length: 70 }, () => "x".repeat(1_000_000)),
      "67108864 characters",
    ],
  ])("refuses %s", (_name, manifest, fragment) => {
    const error = failure(() => writeJson(manifest));
    expect(error.code).toBe("unsupported_format");
    expect(error.reason).toContain(fragment);
  });
});

function nest(levels: number): ManifestValue {
  return levels === 0 ? null : [nest(levels - 1)];
}

function isJson(source: string): boolean {
  try {
    JSON.parse(source);
    return true;
  } catch {
    return false;
  }
}
