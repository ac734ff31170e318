/** Whole stores: snapshot, restore, and opening what a driver has kept. */

import {
  createBackend,
  createInMemoryBackend,
  encodeSnapshot,
  type LoadedEntry,
  type ResourceRef,
  type StoreBackend,
} from "@engenho/sdk";
import { Decoder, Encoder } from "cbor-x";
import type { BenchCase } from "../../src/bench-case.ts";
import { byRound, envelopeOf, freshManifests, freshStream } from "../../src/fixtures.ts";
import type { Manifest } from "../../src/manifests.ts";
import { cborOptions } from "./cbor-options.ts";

const encoder = new Encoder(cborOptions);
const decoder = new Decoder(cborOptions);
const resources = { full: 100_000, small: 5_000, tiny: 10 };

function entryOf(manifest: Manifest): LoadedEntry {
  return { ref: manifest.ref, envelope: envelopeOf(manifest) };
}

function freshEntries(count: number): LoadedEntry[] {
  return Array.from(freshStream(count), entryOf);
}

/** What a snapshot says of one, as cbor-x takes it: keys in the wire format's order. */
function wireEntry({ ref: { kind, name, namespace }, envelope }: LoadedEntry): unknown {
  return [{ kind, name, namespace: namespace ?? null }, envelope];
}

/** The snapshot that a round restores, the same for everybody. */
let restoredCount = 0;
const restoredInRound = byRound(() => encodeSnapshot(freshEntries(restoredCount)));

/**
 * What is restored and decoded before each run. So much garbage is left by the run before that all of it
 * has to go, and the optimised code goes with it.
 */
function smallSnapshot(): Uint8Array {
  return encodeSnapshot(freshEntries(1_000));
}

export const snapshotCases: readonly BenchCase[] = [
  {
    name: "snapshot, 1 KB each",
    measures: "rate",
    unit: "resources/s",
    operations: resources,
    subject: {
      name: "in-memory backend",
      open: async (operations) => {
        const store = await createInMemoryBackend();
        await store.restore(encodeSnapshot(freshEntries(operations)));
        let last: ResourceRef | undefined;
        return {
          // One comes and one goes: what was written last time is of no use.
          before: async () => {
            const [one] = freshManifests(1);
            if (one !== undefined) await store.apply("native", envelopeOf(one));
            if (last !== undefined) await store.delete(last);
            last = one?.ref;
          },
          run: async () => void (await store.snapshot()),
          close: () => store.close(),
        };
      },
    },
    floor: {
      name: "cbor-x: encode(entries)",
      open: (operations) => {
        const entries = freshEntries(operations).map(wireEntry);
        return {
          before: (round) => {
            entries[Math.abs(round) % operations] = freshEntries(1).map(wireEntry)[0];
          },
          run: () => encoder.encode(entries),
        };
      },
    },
    bar: { atLeast: 0.5 },
  },
  {
    name: "restore, 1 KB each",
    measures: "rate",
    unit: "resources/s",
    operations: resources,
    subject: {
      name: "in-memory backend, empty before",
      open: (operations) => {
        restoredCount = operations;
        let store: StoreBackend | undefined;
        let snapshot: Uint8Array = new Uint8Array();
        return {
          before: async (round) => {
            snapshot = restoredInRound(round);
            await store?.close();
            store = await createInMemoryBackend();
            globalThis.gc?.();
            const other = await createInMemoryBackend();
            for (let i = 0; i < 5; i++) await other.restore(smallSnapshot());
          },
          run: async () => {
            await store?.restore(snapshot);
            if (store?.resourceCount() !== operations) throw new Error("not all were restored");
          },
          close: () => store?.close(),
        };
      },
    },
    floor: {
      name: "cbor-x: decode(bytes)",
      open: () => {
        let snapshot: Uint8Array = new Uint8Array();
        return {
          before: (round) => {
            snapshot = restoredInRound(round);
            globalThis.gc?.();
            for (let i = 0; i < 5; i++) decoder.decode(smallSnapshot());
          },
          run: () => decoder.decode(snapshot),
        };
      },
    },
    bar: { atLeast: 0.3 },
  },
  {
    name: "open, 1 KB each",
    measures: "rate",
    unit: "resources/s",
    operations: { full: 20_000, small: 2_000, tiny: 10 },
    subject: {
      name: "createBackend(driver)",
      open: (operations) => {
        let entries: readonly LoadedEntry[] = [];
        let store: StoreBackend | undefined;
        return {
          before: async () => {
            await store?.close();
            entries = freshEntries(operations);
          },
          run: async () => {
            const driver = {
              load: async () => ({ entries }),
              put: async () => {},
              remove: async () => {},
              close: async () => {},
            };
            store = await createBackend(driver, { name: "kept" });
            if (store.resourceCount() !== operations) throw new Error("not all were loaded");
          },
          close: () => store?.close(),
        };
      },
    },
    floor: {
      name: "cbor-x: decode(envelope)",
      open: (operations) => {
        let entries: readonly LoadedEntry[] = [];
        return {
          before: () => void (entries = freshEntries(operations)),
          run: () => {
            for (const { envelope } of entries) decoder.decode(envelope);
          },
        };
      },
    },
  },
];
