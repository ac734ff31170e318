/** What a restore copies: bytes of the store's own, in slabs that do not grow with what they copy. */

import { createBackend, encodeEnvelope, encodeSnapshot } from "@engenho/sdk";
import fc from "fast-check";
import { expect, test } from "vitest";
import { Slabs } from "../../src/backend/slabs.ts";
import { MapDriver } from "./map-driver.ts";
import { failure } from "./support.ts";

test("copies have the bytes of the pieces and none of their memory, in slabs of bounded size", () => {
  const pieces = fc.array(fc.uint8Array({ maxLength: 30_000, size: "max" }), { maxLength: 10 });
  fc.assert(
    fc.property(pieces, fc.nat(100), (contents, offset) => {
      // A view that begins somewhere in its buffer, as a snapshot may.
      const whole = new Uint8Array(Buffer.concat([new Uint8Array(offset), ...contents])).subarray(
        offset,
      );
      const slabs = new Slabs(whole);
      let end = 0;
      const copies = contents.map(({ length }) => {
        end += length;
        return slabs.copy(end - length, end);
      });
      whole.fill(7);
      expect(copies).toEqual(contents);
      for (const { buffer, length } of copies) {
        expect(buffer).not.toBe(whole.buffer);
        expect(buffer.byteLength).toBeLessThanOrEqual(Math.max(64 * 1024, length));
      }
    }),
    { numRuns: 20 },
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
