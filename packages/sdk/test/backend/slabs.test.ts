/** What a restore copies: bytes of the store's own, in slabs that do not grow with what they copy. */

import { createBackend, encodeEnvelope, encodeSnapshot } from "@engenho/sdk";
import fc from "fast-check";
import { expect, test } from "vitest";
import { Slabs } from "../../src/backend/slabs.ts";
import { MapDriver } from "./map-driver.ts";
import { failure } from "./support.ts";

test("copies have the bytes and none of the memory of the originals, nor of each other", () => {
  const pieces = fc.array(fc.uint8Array({ maxLength: 20_000, size: "max" }), { maxLength: 30 });
  fc.assert(
    fc.property(pieces, (originals) => {
      const slabs = new Slabs();
      const copies = originals.map((bytes) => slabs.copy(bytes));
      const expected = originals.map((bytes) => new Uint8Array(bytes));
      for (const bytes of originals) bytes.fill(7);
      expect(copies).toEqual(expected);
      copies.forEach((copy, i) => {
        copy.fill(9);
        expect(copies.slice(i + 1)).toEqual(expected.slice(i + 1));
        expect(copy.buffer.byteLength).toBeLessThanOrEqual(Math.max(64 * 1024, copy.length));
      });
    }),
    { numRuns: 30 },
  );
});

test.each([
  ["in order", ["a", "a"]],
  ["out of order", ["b", "a", "b"]],
  ["by its default namespace", ["a", "a/default"]],
])("a reference that is there twice is refused: %s", async (_, names) => {
  const kinds = [{ kind: "Job", scope: "namespaced", defaultNamespace: "default" }] as const;
  const options = { name: "test", capabilities: { kinds } };
  await using backend = await createBackend(new MapDriver(), options);
  const entries = names.map((address) => {
    const [name = "", namespace] = address.split("/");
    const ref = { kind: "Job", name, ...(namespace === undefined ? {} : { namespace }) };
    return { ref, envelope: encodeEnvelope({ ref, payload: new Uint8Array([1]) }) };
  });
  const error = await failure(backend.restore(encodeSnapshot(entries)));
  expect(error).toMatchObject({ code: "corrupt" });
  expect(error.message).toContain("there twice");
  expect(backend.resourceCount()).toBe(0);
});
