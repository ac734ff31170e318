/** References: what they may be, how they are ordered, and that a key belongs to one only. */

import {
  checkReference,
  compareReferences,
  formatReference,
  referenceKey,
  type ResourceRef,
} from "@engenho/sdk";
import fc from "fast-check";
import { describe, expect, test } from "vitest";

const field = fc
  .string({ unit: "binary", minLength: 1, maxLength: 12 })
  .filter((text) => !text.includes("\0") && !text.split(/[/\\]/).includes(".."));
const reference: fc.Arbitrary<ResourceRef> = fc
  .record({ kind: field, name: field, namespace: fc.option(field, { nil: undefined }) })
  .map(({ kind, name, namespace }) =>
    namespace === undefined ? { kind, name } : { kind, name, namespace },
  );

test("every well-formed reference passes, as a copy", () => {
  fc.assert(
    fc.property(reference, (ref) => {
      const checked = checkReference(ref);
      expect(checked).toEqual(ref);
      expect(checked).not.toBe(ref);
    }),
  );
});

test.each([
  ["", "is empty"],
  ["a".repeat(254), "longer than 253"],
  ["😀".repeat(254), "longer than 253"],
  ["a\0", "NUL"],
  ["\ud800", "well-formed"],
  ["../a", "traversal"],
  ["a\\..", "traversal"],
])("%j is refused in every field", (value, reason) => {
  for (const part of ["kind", "name", "namespace"] as const) {
    const check = (): ResourceRef =>
      checkReference({ kind: "A", name: "b", namespace: "c", [part]: value });
    expect(check).toThrow(expect.objectContaining({ code: "invalid_reference", field: part }));
    expect(check).toThrow(reason);
  }
});

test("253 code points are taken whatever they are made of", () => {
  for (const c of ["a", "é", "😀"])
    expect(checkReference({ kind: "A", name: c.repeat(253) }).name).toHaveLength(253 * c.length);
});

describe("order", () => {
  const bytes = (ref: ResourceRef): Buffer =>
    Buffer.from([ref.kind, ref.namespace ?? "", ref.name].join("\0"));

  test("is that of the UTF-8 bytes", () => {
    fc.assert(
      fc.property(reference, reference, (a, b) => {
        expect(Math.sign(compareReferences(a, b))).toBe(
          Math.sign(Buffer.compare(bytes(a), bytes(b))),
        );
      }),
      {
        examples: [
          [
            { kind: "A", name: "\u{1f600}" },
            { kind: "A", name: "\uff5e" },
          ],
        ],
      },
    );
  });
});

test("two references have the same key only if they are the same", () => {
  fc.assert(
    fc.property(reference, reference, (a, b) => {
      expect(referenceKey(a) === referenceKey(b)).toBe(compareReferences(a, b) === 0);
    }),
  );
});

test("a reference in a message is on one line and not too long", () => {
  expect(formatReference({ kind: "Pod", name: "nginx", namespace: "default" })).toBe(
    "Pod default/nginx",
  );
  expect(formatReference({ kind: "ClusterRole", name: "admin" })).toBe("ClusterRole admin");
  fc.assert(
    fc.property(reference, (ref) => {
      const text = formatReference({ ...ref, name: ref.name.repeat(30) });
      expect(text).not.toMatch(/[\p{Cc}\u2028\u2029]/u);
      expect(text.isWellFormed()).toBe(true);
      expect(text.length).toBeLessThan(1_500);
    }),
  );
});
