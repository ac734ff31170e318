/** The container: the wire vectors both ways, and every way in which bytes can fail to be one. */

import { readFileSync } from "node:fs";
import {
  CatalogSnapshot,
  CatalogSnapshotError,
  type CatalogSnapshotErrorKind,
} from "@engenho/sdk/sealed";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { seal, unseal } from "../../src/codec/sealed-file.ts";
import { failureOf, kindOf } from "./support.ts";

interface Vectors {
  readonly sealed: readonly { readonly payload: string; readonly file: string }[];
  readonly malformedSealed: Readonly<Record<string, string>>;
}

const vectors = JSON.parse(
  readFileSync(new URL("../vectors/wire.json", import.meta.url), "utf8"),
) as Vectors;
const bytes = (hex: string): Uint8Array => new Uint8Array(Buffer.from(hex, "hex"));
const hex = (data: Uint8Array): string => Buffer.from(data).toString("hex");
const text = (data: string): Uint8Array => new TextEncoder().encode(data);

describe("vectors", () => {
  test.each(vectors.sealed)("$payload is sealed and unsealed", ({ payload, file }) => {
    expect(hex(seal("catalog", bytes(payload)))).toBe(file);
    expect(hex(unseal("catalog", bytes(file)))).toBe(payload);
  });

  test.each(vectors.sealed)("$payload is read as a catalog and written alike", ({ file }) => {
    expect(hex(CatalogSnapshot.decode(bytes(file)).encode())).toBe(file);
  });

  test.each(Object.entries(vectors.malformedSealed))("%s", async (name, file) => {
    const kind = name.split(" ")[0];
    expect(await kindOf(() => unseal("catalog", bytes(file)))).toBe(kind);
    expect(await kindOf(() => CatalogSnapshot.decode(bytes(file)))).toBe(kind);
  });
});

const sealed = seal("catalog", text("the payload"));

/** The file with other bytes at an offset. */
function withBytes(offset: number, ...others: readonly number[]): Uint8Array {
  const changed = new Uint8Array(sealed);
  changed.set(others, offset);
  return changed;
}

describe("the order of what is looked at", () => {
  test.each([
    ["nothing at all", new Uint8Array(0), "truncated"],
    ["a magic cut short", sealed.subarray(0, 27), "truncated"],
    ["the magic alone", sealed.subarray(0, 28), "truncated"],
    ["a header cut short", sealed.subarray(0, 67), "truncated"],
    ["a payload cut short", sealed.subarray(0, -1), "truncated"],
    ["a short file of another kind", text("hello\n"), "bad_magic"],
    ["a magic with one bit changed", withBytes(0, 0x64), "bad_magic"],
    ["a short file with a wrong magic", withBytes(3, 0).subarray(0, 10), "bad_magic"],
    ["a length beyond the file", withBytes(28, 12), "truncated"],
    ["a length beyond 2^32", withBytes(28, 11, 0, 0, 0, 1), "truncated"],
    ["a length beyond 2^53", withBytes(28, 11, 0, 0, 0, 0, 0, 0x40), "truncated"],
    ["the longest length", withBytes(28, ...Array.from({ length: 8 }, () => 255)), "truncated"],
    ["a length below the payload's", withBytes(28, 10), "hash_mismatch"],
    ["a byte of the hash changed", withBytes(36, 0), "hash_mismatch"],
    ["a byte of the payload changed", withBytes(68, 0), "hash_mismatch"],
    ["a byte after the payload", new Uint8Array([...sealed, 0]), "decode"],
  ])("%s", async (_name, file, kind) => {
    expect(await kindOf(() => unseal("catalog", file))).toBe(kind);
  });

  test("a file of the other kind says what it is and what reads it", async () => {
    const asCatalog = await failureOf(() => unseal("catalog", seal("backend", text("x"))));
    expect(asCatalog.message).toBe(
      "[bad_magic] this is a backend snapshot, not a catalog snapshot: loadSnapshot reads it",
    );
    const asBackend = await failureOf(() => unseal("backend", sealed));
    expect(asBackend.message).toBe(
      "[bad_magic] this is a catalog snapshot, not a backend snapshot: CatalogSnapshot.loadFrom reads it",
    );
  });

  test("a later version says so", async () => {
    const failure = await failureOf(() => unseal("catalog", withBytes(26, 0x32)));
    expect(failure).toMatchObject({ kind: "bad_magic" });
    expect(failure.message).toContain("version other than 1");
  });
});

describe("properties", () => {
  const payloads = fc.uint8Array({ maxLength: 3_000 });
  const contents = fc.constantFrom("catalog" as const, "backend" as const);

  test("what was sealed is unsealed, also out of a larger buffer", () => {
    fc.assert(
      fc.property(contents, payloads, fc.nat(9), (content, payload, offset) => {
        const file = seal(content, payload);
        const larger = new Uint8Array(offset + file.length + 5);
        larger.set(file, offset);
        const view = larger.subarray(offset, offset + file.length);
        expect(unseal(content, view)).toEqual(payload);
      }),
    );
  });

  test("no change of a single byte goes unseen", () => {
    fc.assert(
      fc.property(payloads, fc.nat(), fc.integer({ min: 1, max: 255 }), (payload, at, flip) => {
        const file = seal("catalog", payload);
        const offset = at % file.length;
        file[offset] = (file[offset] ?? 0) ^ flip;
        expect(() => unseal("catalog", file)).toThrow(CatalogSnapshotError);
      }),
    );
  });

  test("no part of a file passes for a whole one", () => {
    fc.assert(
      fc.property(payloads, fc.nat(), (payload, at) => {
        const file = seal("catalog", payload);
        const part = file.subarray(0, at % file.length);
        expect(() => unseal("catalog", part)).toThrow(
          expect.objectContaining({ kind: "truncated" }),
        );
      }),
    );
  });
});

test("the kinds are these", () => {
  const kinds: Readonly<Record<CatalogSnapshotErrorKind, null>> = {
    io: null,
    bad_magic: null,
    truncated: null,
    hash_mismatch: null,
    encode: null,
    decode: null,
  };
  for (const kind of Object.keys(kinds) as CatalogSnapshotErrorKind[]) {
    const error = new CatalogSnapshotError(kind, "why");
    expect(error).toMatchObject({ kind, message: `[${kind}] why`, name: "CatalogSnapshotError" });
  }
});

test("an error says kind, path and reason on one line, and keeps its cause", () => {
  const cause = new Error("the cause");
  const error = new CatalogSnapshotError("io", "first\nsecond", {
    path: "/a\u001b[31m/b\nc",
    cause,
  });
  expect(error.message).toBe("[io] /a\\u001b[31m/b\\u000ac: first\\u000asecond");
  expect(error).toMatchObject({ kind: "io", path: "/a\u001b[31m/b\nc", cause });
  expect(CatalogSnapshotError.is(error)).toBe(true);
  expect(CatalogSnapshotError.is(error, "io")).toBe(true);
  expect(CatalogSnapshotError.is(error, "decode")).toBe(false);
  expect(CatalogSnapshotError.is(cause)).toBe(false);
});
