/** What serde and ciborium wrote is read, and what they have read is still what is written. */

import { readFileSync } from "node:fs";
import {
  createInMemoryBackend,
  decodeEnvelope,
  decodeSnapshot,
  encodeEnvelope,
  encodeSnapshot,
} from "@engenho/sdk";
import { describe, expect, test } from "vitest";
import { loadBytes, payloadBytes } from "../../../../tools/rust-vectors/stored-bytes.ts";
import { contentOf, snapshotCases, wireCases } from "../../../../tools/rust-vectors/wire-cases.ts";
import {
  envelopeOf,
  snapshotOf,
  type WireVectors,
} from "../../../../tools/rust-vectors/wire-vectors.ts";

const vectors = JSON.parse(
  readFileSync(new URL("../vectors/rust.json", import.meta.url), "utf8"),
) as WireVectors;
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");
const spellingsOf = (rust: Readonly<Record<string, string>>): [string, Uint8Array][] =>
  Object.entries(rust).map(([spelling, stored]) => [spelling, loadBytes(stored)]);
const again = "then Rust must judge the new bytes: npm run rust-vectors";

test(`the vectors are those of today's cases; if not, ${again}`, () => {
  const withoutBytes = <T extends { ours: string; rust: object }>(
    cases: readonly T[],
  ): Omit<T, "ours" | "rust">[] => cases.map(({ ours: _ours, rust: _rust, ...rest }) => rest);
  expect(withoutBytes(vectors.envelopes)).toEqual(wireCases);
  expect(withoutBytes(vectors.snapshots)).toEqual(snapshotCases);
});

describe.each(vectors.envelopes)("an envelope with $id", ({ ours, rust, ...one }) => {
  test.each(spellingsOf(rust))("is read from Rust's spelling: %s", (_, bytes) => {
    const { ref, format, payload } = decodeEnvelope(bytes);
    expect({ ref, format }).toEqual({ ref: one.ref, format: one.format });
    expect(Buffer.compare(payload, payloadBytes(one.payload))).toBe(0);
    expect(Buffer.compare(encodeEnvelope(decodeEnvelope(bytes)), loadBytes(ours))).toBe(0);
  });

  test(`is written as Rust has read it; if not, ${again}`, () => {
    expect(Buffer.compare(encodeEnvelope(envelopeOf(one)), loadBytes(ours))).toBe(0);
  });
});

describe.each(vectors.snapshots)("a snapshot $id", ({ ours, rust, content }) => {
  const resources = contentOf(content, wireCases);

  test.each(spellingsOf(rust))("is read from Rust's spelling: %s", async (_, bytes) => {
    const entries = decodeSnapshot(bytes);
    const found = entries.map(({ ref, envelope }) => {
      const inner = decodeEnvelope(envelope);
      expect(inner.ref).toEqual(ref);
      return `${JSON.stringify(ref)} ${hex(inner.payload)}`;
    });
    const wanted = resources.map(({ ref, payload }) => {
      const { kind, name, namespace } = ref;
      return `${JSON.stringify({ kind, name, namespace })} ${hex(payloadBytes(payload))}`;
    });
    expect(found.toSorted()).toEqual(wanted.toSorted());
    // Rust's order is ours: sorting what it wrote changes nothing.
    expect(decodeSnapshot(encodeSnapshot(entries))).toEqual(entries);
    await using backend = await createInMemoryBackend();
    await backend.restore(bytes);
    expect(backend.resourceCount()).toBe(resources.length);
    expect(Buffer.compare(await backend.snapshot(), encodeSnapshot(entries))).toBe(0);
  });

  test(`is written as Rust has read it; if not, ${again}`, () => {
    expect(Buffer.compare(snapshotOf(resources), loadBytes(ours))).toBe(0);
  });
});
