/** The wire vectors hold both ways: what is written is canonical, what is read is any spelling. */

import { readFileSync } from "node:fs";
import {
  BackendError,
  createInMemoryBackend,
  decodeEnvelope,
  decodeSnapshot,
  encodeEnvelope,
  encodeSnapshot,
  type ResourceRef,
} from "@engenho/sdk";
import { describe, expect, test } from "vitest";

interface EnvelopeVector {
  readonly ref: ResourceRef;
  readonly payload: string;
  readonly format?: string;
  readonly canonical: string;
  readonly rust?: string;
}

interface Vectors {
  readonly envelopes: readonly EnvelopeVector[];
  readonly withFormat: readonly EnvelopeVector[];
  readonly snapshots: readonly {
    readonly order: readonly ResourceRef[];
    readonly canonical: string;
    readonly rust: string;
  }[];
  readonly accepted: readonly {
    readonly spelling: string;
    readonly bytes: string;
    readonly ref: ResourceRef;
    readonly payload: string;
  }[];
  readonly malformed: Readonly<Record<string, string>>;
}

const vectors = JSON.parse(
  readFileSync(new URL("../vectors/wire.json", import.meta.url), "utf8"),
) as Vectors;
const bytes = (hex: string): Uint8Array => new Uint8Array(Buffer.from(hex, "hex"));
const hex = (data: Uint8Array): string => Buffer.from(data).toString("hex");
const envelopes = [...vectors.envelopes, ...vectors.withFormat];

describe("envelopes", () => {
  test.each(envelopes)(
    "$ref.kind $ref.name is written canonically",
    ({ ref, payload, format, canonical }) => {
      const envelope = {
        ref,
        payload: bytes(payload),
        ...(format === undefined ? {} : { format }),
      };
      expect(hex(encodeEnvelope(envelope))).toBe(canonical);
    },
  );

  test.each(envelopes)(
    "$ref.kind $ref.name is read from the canonical and the Rust spelling",
    (vector) => {
      for (const spelling of [vector.canonical, vector.rust]) {
        if (spelling === undefined) continue;
        const { ref, payload, format } = decodeEnvelope(bytes(spelling));
        expect({ ref, payload: hex(payload), format }).toEqual({
          ref: vector.ref,
          payload: vector.payload,
          format: vector.format,
        });
      }
    },
  );

  test.each(vectors.accepted)("$spelling is read", ({ bytes: spelled, ref, payload }) => {
    const envelope = decodeEnvelope(bytes(spelled));
    expect({ ref: envelope.ref, payload: hex(envelope.payload) }).toEqual({ ref, payload });
  });

  test.each(Object.entries(vectors.malformed))("%s is corrupt", (_, spelled) => {
    expect(() => decodeEnvelope(bytes(spelled))).toThrow(
      expect.objectContaining({ code: "corrupt" }),
    );
  });
});

describe("an empty namespace, which the Rust implementation writes for one in a manifest", () => {
  const ref = { kind: "Node", name: "n1", namespace: "" };
  const payload = new TextEncoder().encode(
    "apiVersion: v1\nkind: Node\nmetadata: {name: n1, namespace: ''}\n",
  );
  const envelope = encodeEnvelope({ ref, payload });
  const clusterScoped = { kind: "Node", name: "n1" };

  test("is none in an envelope, and in one that is applied", async () => {
    expect(decodeEnvelope(envelope)).toEqual({ ref: clusterScoped, payload });
    await using backend = await createInMemoryBackend();
    await backend.apply("native", envelope);
    expect((await backend.get(clusterScoped, "yaml")).body).toEqual(payload);
    expect((await backend.get(clusterScoped, "native")).body).toEqual(envelope);
  });

  test("is none in a snapshot", async () => {
    await using backend = await createInMemoryBackend();
    await backend.restore(encodeSnapshot([{ ref, envelope }]));
    expect((await backend.get(clusterScoped, "yaml")).body).toEqual(payload);
  });

  test("is the same resource as without it", async () => {
    await using backend = await createInMemoryBackend();
    const twice = [
      { ref, envelope },
      { ref: clusterScoped, envelope: encodeEnvelope({ ref: clusterScoped, payload }) },
    ];
    const error: unknown = await backend.restore(encodeSnapshot(twice)).catch((e: unknown) => e);
    expect(BackendError.is(error, "corrupt")).toBe(true);
  });
});

describe("snapshots", () => {
  test.each(vectors.snapshots)(
    "of $order.length entries are written canonically, in order",
    ({ order, canonical }) => {
      const entries = decodeSnapshot(bytes(canonical));
      expect(entries.map(({ ref }) => ref)).toEqual(order);
      expect(hex(encodeSnapshot(entries.toReversed()))).toBe(canonical);
    },
  );

  test.each(vectors.snapshots)(
    "of $order.length entries are read from the Rust spelling",
    async ({ order, rust }) => {
      expect(decodeSnapshot(bytes(rust)).map(({ ref }) => ref)).toEqual(order);
      await using backend = await createInMemoryBackend();
      await backend.restore(bytes(rust));
      expect(backend.resourceCount()).toBe(order.length);
      for (const { ref, envelope } of decodeSnapshot(bytes(rust))) {
        expect(hex((await backend.get(ref, "native")).body)).toBe(hex(envelope));
      }
    },
  );

  test.each(Object.entries(vectors.malformed))(
    "with an envelope that has %s are refused",
    async (_, spelled) => {
      await using backend = await createInMemoryBackend();
      const snapshot = encodeSnapshot([
        { ref: { kind: "Pod", name: "nginx" }, envelope: bytes(spelled) },
      ]);
      const error: unknown = await backend.restore(snapshot).catch((reason: unknown) => reason);
      expect(BackendError.is(error, "corrupt")).toBe(true);
      expect(backend.resourceCount()).toBe(0);
    },
  );
});
