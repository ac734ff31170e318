/** Whatever the bytes, reading them gives what they say or a typed error. */

import {
  BackendError,
  decodeEnvelope,
  decodeSnapshot,
  encodeEnvelope,
  encodeSnapshot,
} from "@engenho/sdk";
import * as cborg from "cborg";
import fc from "fast-check";
import { describe, expect, test } from "vitest";

const text = fc.string({ unit: "binary", maxLength: 40 });
// An empty namespace is read as none, and is therefore not among these.
const namespaceText = text.filter((value) => value !== "");
const reference = fc
  .record({ kind: text, name: text, namespace: fc.option(namespaceText, { nil: undefined }) })
  .map(({ kind, name, namespace }) =>
    namespace === undefined ? { kind, name } : { kind, name, namespace },
  );
const envelope = fc
  .record({
    ref: reference,
    format: fc.option(text, { nil: undefined }),
    payload: fc.uint8Array({ maxLength: 300, size: "max" }),
  })
  .map(({ ref, format, payload }) =>
    format === undefined ? { ref, payload } : { ref, format, payload },
  );

test("an envelope reads as what was written, and is written as another CBOR encoder writes it", () => {
  fc.assert(
    fc.property(envelope, (original) => {
      const bytes = encodeEnvelope(original);
      expect(decodeEnvelope(bytes)).toEqual(original);
      const { ref, format, payload } = original;
      const namespace = "namespace" in ref ? ref.namespace : null;
      const peer = cborg.encode({
        ref: { kind: ref.kind, name: ref.name, namespace },
        ...(format === undefined ? {} : { format }),
        payload,
      });
      expect(Buffer.from(bytes).equals(peer)).toBe(true);
    }),
  );
});

test("long texts and payloads are written with the shortest heads", () => {
  for (const length of [0, 23, 24, 255, 256, 65_535, 65_536]) {
    const original = {
      ref: { kind: "ü".repeat(length), name: "a" },
      payload: new Uint8Array(length),
    };
    const bytes = encodeEnvelope(original);
    const peer = cborg.encode({
      ref: { ...original.ref, namespace: null },
      payload: original.payload,
    });
    expect(Buffer.from(bytes).equals(peer)).toBe(true);
    expect(decodeEnvelope(bytes)).toEqual(original);
  }
});

describe("hostile bytes", () => {
  const only = (read: (bytes: Uint8Array) => unknown, bytes: Uint8Array): void => {
    try {
      read(bytes);
    } catch (error) {
      expect(BackendError.is(error, "corrupt")).toBe(true);
    }
  };

  test("mutated envelopes and snapshots are read or corrupt, and nothing else", () => {
    const mutation = fc.record({
      original: envelope,
      edits: fc.array(fc.record({ at: fc.nat(), byte: fc.nat(255), drop: fc.boolean() }), {
        minLength: 1,
        maxLength: 4,
      }),
    });
    fc.assert(
      fc.property(mutation, ({ original, edits }) => {
        for (const [read, bytes] of [
          [decodeEnvelope, encodeEnvelope(original)],
          [
            decodeSnapshot,
            encodeSnapshot([{ ref: original.ref, envelope: encodeEnvelope(original) }]),
          ],
        ] as const) {
          const mutant = [...bytes];
          for (const { at, byte, drop } of edits)
            mutant.splice(at % mutant.length, 1, ...(drop ? [] : [byte]));
          only(read, Uint8Array.from(mutant));
        }
      }),
      { numRuns: process.env["CI"] === "true" ? 20_000 : 2_000 },
    );
  });

  test("well-formed CBOR of any other shape is corrupt", () => {
    fc.assert(
      fc.property(fc.anything({ withDate: false, maxDepth: 4 }), (value) => {
        let bytes: Uint8Array;
        try {
          bytes = cborg.encode(value);
        } catch {
          return;
        }
        expect(() => decodeEnvelope(bytes)).toThrow(expect.objectContaining({ code: "corrupt" }));
      }),
    );
  });

  test("integers beyond 2^53 are keys of their own, and equal ones are found", () => {
    const withKeys = (last: number): Uint8Array =>
      Uint8Array.of(
        0xa4,
        ...cborg.encode("ref"),
        ...cborg.encode({ kind: "A", name: "b" }),
        ...cborg.encode("payload"),
        0x40,
        ...[0x1b, 0, 0x20, 0, 0, 0, 0, 0, 0, 0xf6],
        ...[0x1b, 0, 0x20, 0, 0, 0, 0, 0, last, 0xf6],
      );
    expect(decodeEnvelope(withKeys(1)).ref).toEqual({ kind: "A", name: "b" });
    expect(() => decodeEnvelope(withKeys(0))).toThrow(/key twice/);
  });

  test("no key reaches a prototype", () => {
    const [ref, payload] = [
      { kind: "A", name: "b", namespace: null, __proto__: null },
      new Uint8Array(1),
    ];
    const bytes = cborg.encode(
      new Map<string, unknown>([
        ["ref", ref],
        ["payload", payload],
        ["__proto__", { polluted: true }],
      ]),
    );
    expect(decodeEnvelope(bytes)).toEqual({ ref: { kind: "A", name: "b" }, payload });
    expect(Reflect.get({}, "polluted")).toBeUndefined();
  });

  test.each([
    ["an array that announces 2^62 items", "9b4000000000000000"],
    ["a map that announces 2^32 pairs", "bb0000000100000000"],
    ["a payload that announces 2^53 bytes", "a1677061796c6f61645b0020000000000000"],
    ["an indefinite array without an end", "9f"],
    ["a text in chunks of bytes", "a17f4161ff01"],
    ["a nested indefinite text", "a17f7f6161ffff01"],
    ["a reserved head", "1c"],
    ["a break alone", "ff"],
    ["a two-byte spelling of a simple value", "a1617af814"],
    ["a map as a key", "a1a001"],
    ["the same key in two spellings", "a2617a01780161 7a02".replace(" ", "")],
    ["the same integer key in two spellings", "a201f51801f5"],
    ["tag 64 on text", "a1617ad8406161"],
    ["tag 64 on tag 64", "a1677061796c6f6164d840d8404101"],
    ["a bignum", "a1617ac24101"],
  ])("%s is corrupt", (_, hex) => {
    const bytes = new Uint8Array(Buffer.from(hex, "hex"));
    expect(() => decodeEnvelope(bytes)).toThrow(expect.objectContaining({ code: "corrupt" }));
    expect(() => decodeSnapshot(bytes)).toThrow(expect.objectContaining({ code: "corrupt" }));
  });

  test("values of any kind beside the known keys are passed over, to a depth of 64", () => {
    const ref = "63726566a2646b696e646141646e616d656162";
    const payload = "677061796c6f61644101";
    const skipped = [
      "f97e00",
      "fb3ff199999999999a",
      "3903e7",
      "1bffffffffffffffff",
      "f7",
      "a3016161206162416306",
      "5f41014102ff",
      "d8404101",
    ];
    for (const value of [...skipped, `${"81".repeat(64)}01`]) {
      const { payload: read } = decodeEnvelope(
        new Uint8Array(Buffer.from(`a3617a${value}${ref}${payload}`, "hex")),
      );
      expect([...read]).toEqual([1]);
    }
    const tooDeep = new Uint8Array(
      Buffer.from(`a3617a${"81".repeat(65)}01${ref}${payload}`, "hex"),
    );
    expect(() => decodeEnvelope(tooDeep)).toThrow(/nested more than 64 deep/);
  });
});
