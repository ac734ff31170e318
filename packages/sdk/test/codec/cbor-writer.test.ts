/** What is written is deterministic CBOR, as an independent encoder has it, whatever the text and length. */

import { decodeEnvelope, decodeSnapshot, encodeEnvelope, encodeSnapshot } from "@engenho/sdk";
import { encode } from "cborg";
import fc from "fast-check";
import { expect, test } from "vitest";

/** Well-formed text of one to four bytes a character, empty too. */
const text = fc.string({ unit: "binary", maxLength: 300 }).map((value) => value.toWellFormed());
/** An empty one is read as none. */
const notEmpty = text.filter((value) => value !== "");

const envelope = fc.record(
  {
    ref: fc.record(
      { kind: text, name: text, namespace: notEmpty },
      { requiredKeys: ["kind", "name"] },
    ),
    format: text,
    payload: fc.uint8Array({ maxLength: 300 }),
  },
  { requiredKeys: ["ref", "payload"] },
);

/** The same in cborg's order of keys, which is that of RFC 8949 §4.2.1. */
function asCborg({
  kind,
  name,
  namespace = null,
}: {
  kind: string;
  name: string;
  namespace?: string | null;
}) {
  return { kind, name, namespace };
}

function cborg(value: unknown): Uint8Array {
  return new Uint8Array(encode(value));
}

test("any envelope is what cborg writes, and is read again", () => {
  fc.assert(
    fc.property(envelope, (value) => {
      const bytes = encodeEnvelope(value);
      expect(bytes).toEqual(cborg({ ...value, ref: asCborg(value.ref) }));
      expect(decodeEnvelope(bytes)).toEqual(value);
    }),
  );
});

test("any snapshot is what cborg writes, and is read again", () => {
  const entry = fc.record({ ref: envelope.map(({ ref }) => ref), envelope: fc.uint8Array() });
  fc.assert(
    fc.property(fc.array(entry), (entries) => {
      const bytes = encodeSnapshot(entries);
      const inOrder = decodeSnapshot(bytes);
      expect(inOrder).toHaveLength(entries.length);
      expect(inOrder).toEqual(expect.arrayContaining(entries));
      expect(bytes).toEqual(cborg(inOrder.map((one) => [asCborg(one.ref), one.envelope])));
    }),
  );
});

test.each([0, 23, 24, 255, 256, 65_535, 65_536, 1_000_000])("a payload of %i bytes", (length) => {
  const value = { ref: { kind: "Pod", name: "a" }, payload: new Uint8Array(length).fill(7) };
  const bytes = encodeEnvelope(value);
  expect(Buffer.compare(bytes, cborg({ ...value, ref: asCborg(value.ref) }))).toBe(0);
  expect(bytes.byteLength).toBe(bytes.buffer.byteLength);
});

test("a lone surrogate, which UTF-8 cannot say, is written as TextEncoder has it", () => {
  const broken = { kind: "a\ud800b", name: "\udc00", namespace: "\ud83d" };
  const bytes = encodeEnvelope({ ref: broken, payload: new Uint8Array() });
  const read = { kind: "a\ufffdb", name: "\ufffd", namespace: "\ufffd" };
  expect(decodeEnvelope(bytes).ref).toEqual(read);
});
