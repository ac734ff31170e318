/** Keys: every reference has one of its own and comes back from it; stores never meet. */

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type KeyRange, type Layout, layoutOf } from "../src/layout.ts";
import { newGenerationId } from "../src/load-generation.ts";
import { newOperationId } from "../src/stored-value.ts";

const name = fc.string({ unit: "binary", minLength: 1, maxLength: 20 });
const reference = fc
  .record({ kind: name, name, namespace: fc.option(name, { nil: undefined }) })
  .map(({ kind, name: own, namespace }) =>
    namespace === undefined ? { kind, name: own } : { kind, namespace, name: own },
  );

const inRange = (key: Uint8Array, { key: from, rangeEnd }: KeyRange): boolean =>
  Buffer.compare(key, from) >= 0 && Buffer.compare(key, rangeEnd) < 0;

const isReplaced = (key: Uint8Array, layout: Layout, generation: string): boolean =>
  layout.replacedBy(generation).some((range) => inRange(key, range));

test("a reference comes back from its key, and lies in its generation and store only", () => {
  const layout = layoutOf("some/store");
  fc.assert(
    fc.property(reference, (ref) => {
      const key = layout.resource("one", ref);
      expect(layout.referenceOf("one", key)).toEqual(ref);
      expect(layout.referenceOf("on", key)).toBeUndefined();
      expect(inRange(key, layout.generation("one"))).toBe(true);
      expect(inRange(key, layout.watched("one"))).toBe(true);
      expect(inRange(key, layout.all)).toBe(true);
      expect(inRange(layout.pointer, layout.all)).toBe(true);
      expect(isReplaced(key, layout, "one")).toBe(false);
      expect(isReplaced(key, layout, "two")).toBe(true);
      expect(inRange(key, layout.recalls)).toBe(false);
    }),
  );
});

test("who watches a generation is told of the pointer and of nothing newer, which nobody removes", () => {
  const layout = layoutOf("store");
  const revision = fc.bigInt(1n, 2n ** 63n - 2n);
  fc.assert(
    fc.property(reference, revision, revision, (ref, one, other) => {
      fc.pre(one !== other);
      const [old, young] = [one, other].toSorted((a, b) => (a < b ? -1 : 1)).map(newGenerationId);
      const watched = layout.watched(old ?? "");
      expect(inRange(layout.pointer, watched)).toBe(true);
      expect(inRange(layout.resource(old ?? "", ref), watched)).toBe(true);
      expect(inRange(layout.resource(young ?? "", ref), watched)).toBe(false);
      expect(isReplaced(layout.resource(young ?? "", ref), layout, old ?? "")).toBe(false);
    }),
  );
});

test("of generations that were begun at once, the one that counts replaces all others, and not itself", () => {
  const layout = layoutOf("store");
  const revision = fc.bigInt(1n, 2n ** 63n - 2n);
  fc.assert(
    fc.property(reference, revision, (ref, begun) => {
      const [one, other] = [newGenerationId(begun), newGenerationId(begun)];
      expect(isReplaced(layout.resource(other, ref), layout, one)).toBe(true);
      expect(isReplaced(layout.resource(one, ref), layout, one)).toBe(false);
      expect(isReplaced(layout.resource(newGenerationId(begun + 1n), ref), layout, one)).toBe(
        false,
      );
    }),
  );
});

test("a recall lies among those of its store, and nobody who watches is told of it", () => {
  const layout = layoutOf("store");
  for (const operation of [newOperationId(), newOperationId()]) {
    const key = layout.recalled(operation);
    expect(inRange(key, layout.recalls)).toBe(true);
    expect(inRange(key, layout.all)).toBe(true);
    expect(inRange(key, layout.watched(newGenerationId(2n ** 63n)))).toBe(false);
  }
});

test("two references never share a key", () => {
  const layout = layoutOf("store");
  fc.assert(
    fc.property(reference, reference, (a, b) => {
      const [one, other] = [a, b].map((ref) => Buffer.from(layout.resource("g", ref)).toString());
      expect(one === other).toBe(JSON.stringify(a) === JSON.stringify(b));
    }),
  );
});

const segment = fc.stringMatching(/^[\w.-]{1,4}$/).filter((text) => !/^\.{1,2}$/.test(text));
const prefix = fc.array(segment, { minLength: 1, maxLength: 4 }).map((parts) => parts.join("/"));

test("two prefixes never meet, be one the beginning of the other", () => {
  const related = fc.tuple(prefix, fc.constantFrom("", "/", "-", "0"), prefix);
  fc.assert(
    fc.property(related, reference, ([start, between, rest], ref) => {
      const longer = layoutOf(between === "" ? `${start}${rest}` : `${start}${between}${rest}`);
      const shorter = layoutOf(start);
      for (const [one, other] of [[shorter, longer] as const, [longer, shorter] as const]) {
        expect(inRange(one.pointer, other.all)).toBe(false);
        expect(inRange(one.resource("g", ref), other.all)).toBe(false);
      }
    }),
  );
});

describe("a prefix cannot be", () => {
  test.each([
    "",
    "/",
    "a/",
    "a//b",
    ".",
    "a/../b",
    "..",
    "a/:g",
    ":",
    "a b",
    "a\0",
    "é",
    "x".repeat(201),
  ])("%j", (bad) => {
    expect(() => layoutOf(bad)).toThrow(expect.objectContaining({ code: "invalid_reference" }));
  });
});

test.each([
  "store/:g/one/Pod",
  "store/:g/one/Pod/x",
  "store/:g/one//x/y",
  "store/:g/one/Pod//%zz",
  "store/:g/one/a/b/c/d",
  "store/:g/one/Pod//%61",
])("%s is the key of no reference", (key) => {
  expect(layoutOf("store").referenceOf("one", new TextEncoder().encode(key))).toBeUndefined();
});
