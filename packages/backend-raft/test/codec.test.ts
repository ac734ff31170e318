/** Messages as protocol buffers have them. */

import { describe, expect, test } from "vitest";
import {
  bytes,
  bytesInPieces,
  field,
  int64,
  message,
  nested,
  repeated,
  text,
} from "../src/etcd/codec.ts";

const inner = message<{ readonly count: bigint }>({ count: field(1, int64, 0n) });
const outer = message<{
  readonly name: string;
  readonly one: { readonly count: bigint } | undefined;
  readonly many: readonly { readonly count: bigint }[];
  readonly raw: Uint8Array;
}>({
  name: field(2, text, ""),
  one: nested(3, inner),
  many: repeated(16, inner),
  raw: field(5, bytes, new Uint8Array()),
});

const hex = (encoded: Uint8Array): string => Buffer.from(encoded).toString("hex");

describe("a message", () => {
  test("is written field by field, as the encoding's specification has it", () => {
    expect(hex(outer.encode({ name: "testing" }))).toBe("120774657374696e67");
    expect(hex(outer.encode({ one: { count: 150n } }))).toBe("1a03089601");
    expect(hex(outer.encode({ many: [{ count: 1n }, {}] }))).toBe("8201020801820100");
    expect(hex(outer.encode({}))).toBe("");
    expect(hex(outer.encode({ one: {} }))).toBe("1a00");
  });

  test("comes back whole, beyond what a number can count", () => {
    const value = {
      name: "é",
      one: { count: -1n },
      many: [{ count: 2n ** 62n }, { count: 0n }],
      raw: new Uint8Array([0, 255]),
    };
    expect(outer.decode(outer.encode(value))).toEqual(value);
    expect(outer.decode(new Uint8Array())).toEqual({
      name: "",
      one: undefined,
      many: [],
      raw: new Uint8Array(),
    });
  });

  test("has the same bytes however many pieces they came in", () => {
    const inPieces = message<{ readonly raw: readonly Uint8Array[] }>({
      raw: field(5, bytesInPieces, []),
    });
    const pieces = [Uint8Array.of(1, 2), new Uint8Array(), new Uint8Array(300).fill(7)];
    const encoded = inPieces.encode({ raw: pieces });
    expect(hex(encoded)).toBe(hex(outer.encode({ raw: Buffer.concat(pieces) })));
    expect(Buffer.concat([...inPieces.decode(encoded).raw])).toEqual(Buffer.concat(pieces));
  });

  test("skips the fields of a later version", () => {
    const later = message<{ readonly extra: string; readonly name: string }>({
      extra: field(99, text, ""),
      name: field(2, text, ""),
    });
    expect(outer.decode(later.encode({ extra: "?", name: "n" }))).toMatchObject({ name: "n" });
  });

  test("that ends too early is an error", () => {
    const encoded = outer.encode({ name: "testing" });
    expect(() => outer.decode(encoded.subarray(0, -1))).toThrow("premature EOF");
  });

  test("that cannot be written leaves nothing to the next one", () => {
    const broken = { name: "testing", many: [{ count: "none" as never }] };
    expect(() => outer.encode(broken)).toThrow("BigInt");
    expect(hex(outer.encode({ one: { count: 150n } }))).toBe("1a03089601");
  });

  test("read twice from one buffer shares nothing", () => {
    const encoded = outer.encode({ raw: new Uint8Array([1]) });
    const { raw } = outer.decode(encoded);
    encoded.fill(0);
    expect(raw).toEqual(new Uint8Array([1]));
  });
});
