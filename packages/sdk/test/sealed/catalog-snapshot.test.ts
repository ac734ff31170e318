/** Catalogs: what comes back from a file is what went in, and what could not come back is refused. */

import { CatalogSnapshot } from "@engenho/sdk/sealed";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { seal, unseal } from "../../src/codec/sealed-file.ts";
import { failureOf, kindOf } from "./support.ts";

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);

/** The JSON that a catalog is written as, with the index 42. */
function jsonOf(catalog: unknown): string {
  return new TextDecoder().decode(unseal("catalog", new CatalogSnapshot(catalog, 42n).encode()));
}

/** What a payload is read as. */
function read(payload: string | Uint8Array): CatalogSnapshot<unknown> {
  const bytes = typeof payload === "string" ? utf8(payload) : payload;
  return CatalogSnapshot.decode(seal("catalog", bytes));
}

/** The catalog of a payload with this JSON in it. */
function catalogOf(json: string): unknown {
  return read(`{"catalog":${json},"last_applied_index":0}`).catalog;
}

describe("JSON as serde_json writes it", () => {
  test.each<[json: string, catalog: unknown]>([
    ['{"pods":[{"name":"nginx"}],"a":{},"b":[]}', { pods: [{ name: "nginx" }], a: {}, b: [] }],
    ["[null,true,false]", [null, true, false]],
    ['"\\"\\\\/\\b\\f\\n\\r\\t\\u0000\\u001f"', '"\\/\b\f\n\r\t\u0000\u001f'],
    ['"\u007f\u2028é😀"', "\u007f\u2028é😀"],
    ["[0,-7,9007199254740991,-9007199254740991]", [0, -7, 2 ** 53 - 1, -(2 ** 53) + 1]],
    ["[9007199254740992,18446744073709551615,5]", [2n ** 53n, 2n ** 64n - 1n, 5n]],
    ["-9223372036854775808", -(2n ** 63n)],
    ["[0.5,-1.25,12.34,0.00001,1e-6,1.5e-7]", [0.5, -1.25, 12.34, 0.00001, 0.000001, 1.5e-7]],
    ["[9007199254740992.0,1e+16,1.5e+300]", [2 ** 53, 1e16, 1.5e300]],
    ["[5e-324,-1e+21,-0.0]", [5e-324, -1e21, -0]],
    ['{"kept":1}', { left: undefined, kept: 1 }],
    ['"1970-01-01T00:00:00.000Z"', new Date(0)],
    ['{"__proto__":{"a":1},"constructor":2}', JSON.parse('{"__proto__":{"a":1},"constructor":2}')],
    ['{"a":1}', Object.assign(Object.create(null), { a: 1 })],
    ["null", null],
  ])("%s", (json, catalog) => {
    expect(jsonOf(catalog)).toBe(`{"catalog":${json},"last_applied_index":42}`);
  });
});

/** A value that comes back as it is: a bigint is one that a number cannot hold. */
const values = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    fc.constantFrom(null, true, false),
    fc.string({ unit: "binary" }),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.maxSafeInteger(),
    fc.bigInt({ min: 2n ** 53n, max: 2n ** 1000n }),
    fc.bigInt({ min: -(2n ** 1000n), max: -(2n ** 53n) }),
    fc.array(tie("value")),
    fc.dictionary(
      fc.oneof(fc.string({ unit: "binary" }), fc.constantFrom("__proto__", "toString", "0")),
      tie("value"),
    ),
  ),
})).value;

describe("round trips", () => {
  test("of every value and index", () => {
    const indexes = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });
    fc.assert(
      fc.property(values, indexes, (catalog, index) => {
        const bytes = new CatalogSnapshot(catalog, index).encode();
        const back = CatalogSnapshot.decode(bytes);
        // Equal whatever the prototype: a dictionary may have none.
        expect(back.catalog).toEqual(catalog);
        expect(back.lastAppliedIndex).toBe(index);
        expect(back.encode()).toEqual(bytes);
      }),
    );
  });

  test("of an empty catalog at index 0, and of the last index", () => {
    const empty = CatalogSnapshot.decode(new CatalogSnapshot({}, 0n).encode());
    expect(empty).toEqual(new CatalogSnapshot({}, 0n));
    const last = CatalogSnapshot.decode(new CatalogSnapshot([], 2n ** 64n - 1n).encode());
    expect(last.lastAppliedIndex).toBe(18_446_744_073_709_551_615n);
  });

  test("an integer of 308 digits, and one beyond 2^53 deep inside", () => {
    const catalog = { a: [{ b: 10n ** 308n - 1n, c: -9_007_199_254_740_993n }] };
    expect(CatalogSnapshot.decode(new CatalogSnapshot(catalog, 1n).encode()).catalog).toEqual(
      catalog,
    );
  });

  test("`__proto__` is a property like any other and changes no prototype", () => {
    const catalog = catalogOf(
      '{"__proto__":{"polluted":true},"list":[{"__proto__":null}]}',
    ) as object;
    expect(Object.getPrototypeOf(catalog)).toBe(Object.prototype);
    expect(Object.keys(catalog)).toEqual(["__proto__", "list"]);
    expect("polluted" in catalog).toBe(false);
    expect("polluted" in {}).toBe(false);
  });
});

describe("the index", () => {
  test.each([42, "42", null, undefined])("%s is a TypeError", (index) => {
    expect(() => new CatalogSnapshot({}, index as never)).toThrow(TypeError);
  });

  test.each([-1n, 2n ** 64n])("%s is a RangeError", (index) => {
    expect(() => new CatalogSnapshot({}, index)).toThrow(RangeError);
  });
});

describe("what could not come back is not written", () => {
  const cycle: unknown[] = [];
  cycle.push(cycle);
  let deep: unknown = 0;
  for (let level = 0; level < 200; level++) deep = [deep];
  const throwing = {
    get field(): never {
      throw new Error("from the getter");
    },
  };
  test.each([
    ["undefined", undefined, "catalog cannot be JSON: it is undefined"],
    [
      "undefined in an array",
      { a: [1, undefined] },
      "catalog.a[1] cannot be JSON: it is undefined",
    ],
    // oxlint-disable-next-line no-sparse-arrays
    ["a hole", [1, , 2], "catalog[1] cannot be JSON: it is undefined"],
    ["NaN", { a: { b: Number.NaN } }, "catalog.a.b cannot be JSON: it is NaN"],
    ["Infinity", -Infinity, "catalog cannot be JSON: it is -Infinity"],
    ["a function", [() => 1], "catalog[0] cannot be JSON: it is a function"],
    ["a symbol", [Symbol("s")], "catalog[0] cannot be JSON: it is a symbol"],
    ["a Map", { m: new Map() }, "catalog.m cannot be JSON: it is Map without toJSON"],
    ["bytes", new Uint8Array(2), "catalog cannot be JSON: it is Uint8Array without toJSON"],
    ["a lone surrogate", ["\ud800"], "catalog[0] cannot be JSON: it is text with a lone surrogate"],
    ["one in a name", { "\udc00": 1 }, "it is text with a lone surrogate"],
    ["a cycle", cycle, "it is nested deeper than 127 levels"],
    ["200 levels", deep, "it is nested deeper than 127 levels"],
    ["309 digits", 10n ** 308n, "catalog cannot be JSON: it is an integer of more than 308 digits"],
    ["a getter that throws", throwing, "the catalog cannot be written as JSON"],
  ])("%s", async (_name, catalog, reason) => {
    const failure = await failureOf(() => new CatalogSnapshot(catalog, 0n).encode());
    expect(failure.kind).toBe("encode");
    expect(failure.message).toContain(reason);
  });
});

describe("what is no catalog snapshot is not read", () => {
  const index = '"last_applied_index":1';
  const brackets = (count: number): string => "[".repeat(count) + "]".repeat(count);
  test.each([
    ["nothing", "", "is not JSON"],
    ["an array", `[{},1]`, "is not a JSON object"],
    ["no catalog", `{${index}}`, "has no catalog"],
    ["no index", `{"catalog":{}}`, "has no last_applied_index"],
    ["the catalog twice", `{"catalog":{},"catalog":{},${index}}`, 'duplicate name "catalog"'],
    ["the index twice", `{"catalog":{},${index},${index}}`, 'duplicate name "last_applied_index"'],
    ["a name twice inside", `{"catalog":{"a":1,"a":2},${index}}`, 'duplicate name "a"'],
    ["text behind", `{"catalog":{},${index}}x`, "text follows"],
    ["a byte order mark", `\ufeff{"catalog":{},${index}}`, "byte order mark"],
    ["a lone surrogate", String.raw`{"catalog":"\ud800",${index}}`, "lone surrogate"],
    ["a number beyond all", `{"catalog":1e999,${index}}`, "beyond 1.8e308"],
    ["309 digits", `{"catalog":${"1".repeat(309)},${index}}`, "more than 308 digits"],
    ["129 levels", `{"catalog":${brackets(128)},${index}}`, "levels of nesting"],
    ["a million levels", `{"catalog":${brackets(1_000_000)},${index}}`, "levels of nesting"],
  ])("%s", async (_name, payload, reason) => {
    const failure = await failureOf(() => read(payload));
    expect(failure.kind).toBe("decode");
    expect(failure.message).toContain(reason);
  });

  test.each([
    "-1",
    "-0",
    "1.0",
    "1e3",
    "1.5",
    '"1"',
    "null",
    "18446744073709551616",
    "9".repeat(400),
    "[]",
  ])("the index %s", async (value) => {
    const payload = `{"catalog":{},"last_applied_index":${value}}`;
    const failure = await failureOf(() => read(payload));
    expect(failure.kind).toBe("decode");
    expect(failure.message).toContain("last_applied_index");
  });

  test("bytes that are not UTF-8", async () => {
    expect(await kindOf(() => read(new Uint8Array([0x22, 0xff, 0x22])))).toBe("decode");
  });

  test("fields beside the two, their order and spaces do not matter", () => {
    const snapshot = read(' {"later":[1], "last_applied_index": 7 ,"catalog" : null}\n');
    expect(snapshot).toEqual(new CatalogSnapshot(null, 7n));
  });

  test("bytes of another type are a TypeError", () => {
    expect(() => CatalogSnapshot.decode("text" as never)).toThrow(TypeError);
    expect(() => CatalogSnapshot.decode(new Uint8Array(0), {} as never)).toThrow(TypeError);
  });
});

describe("parse", () => {
  const bytes = new CatalogSnapshot({ pods: 3 }, 1n).encode();

  test("gives the catalog its type", () => {
    const pods = CatalogSnapshot.decode(bytes, (catalog) => (catalog as { pods: number }).pods);
    expect(pods.catalog + 1).toBe(4);
  });

  test("what it throws is the cause of a decode", async () => {
    const cause = new Error("pods:\nmust be a list");
    const refuse = (): never => {
      throw cause;
    };
    const failure = await failureOf(() => CatalogSnapshot.decode(bytes, refuse));
    expect(failure).toMatchObject({ kind: "decode", cause });
    expect(failure.message).not.toContain("must be a list");
  });
});
