/** Mutants that lose, tear or mix up what they have acknowledged. */

import { decodeEnvelope, encodeEnvelope, referenceKey } from "@engenho/sdk";
import { nextTurn } from "../harness/next-turn.ts";
import type { Bug } from "./bug.ts";
import { countsFrom } from "./counted-revisions.ts";
import { durable, type DriverBug } from "./durable-memory.ts";
import { keyedBy } from "./keyed-by.ts";
import type { Mutant } from "./mutant.ts";
import { forgetsResets } from "./watch-bug.ts";

export const durabilityMutants: readonly Mutant[] = [
  {
    id: "stored-payload-trimmed",
    title: "trims what it stores, which shows when it is opened again",
    breaks: [
      "CORE-100",
      "CORE-009",
      "CORE-102",
      "CORE-103",
      "CORE-112",
      "CORE-116",
      "WATCH-030",
      "DUR-001",
      "DUR-003",
      "DUR-004",
      "DUR-005",
      "DUR-008",
      "DUR-012",
    ],
    make: durable(undefined, (disk, reached) => ({
      put: async (entry) => {
        await nextTurn();
        const envelope = trimmed(entry.envelope);
        if (envelope !== entry.envelope) reached();
        disk.set(referenceKey(entry.ref), { ...entry, envelope });
      },
    })),
  },
  {
    id: "stored-large-dropped",
    title: "drops what is larger than a value of its system may be, and acknowledges it",
    breaks: ["CORE-100", "DUR-003"],
    says: /^get of .*"large".* should resolve, it rejected/,
    make: durable(undefined, (disk, reached) => ({
      put: async (entry) => {
        await nextTurn();
        if (entry.envelope.length > 64 * 1024) return reached();
        disk.set(referenceKey(entry.ref), entry);
      },
    })),
  },
  {
    id: "stored-names-fold-case",
    title: "stores names without their case",
    breaks: ["CORE-101"],
    make: durable(
      undefined,
      keyedBy((ref) => referenceKey({ ...ref, name: ref.name.toLowerCase() })),
    ),
  },
  {
    id: "stored-slash-as-percent",
    title: "stores a/b and a%2Fb in one file",
    breaks: ["CORE-101", "CORE-106"],
    make: durable(
      undefined,
      keyedBy(({ kind, namespace, name }) =>
        JSON.stringify([kind, namespace ?? null, name.replaceAll("/", "%2F")]),
      ),
    ),
  },
  {
    id: "stored-joined-by-slash",
    title: "joins a reference by slashes to the key that it stores it under",
    breaks: ["CORE-106"],
    make: durable(
      undefined,
      keyedBy((ref) => `${ref.kind}/${ref.namespace}/${ref.name}`),
    ),
  },
  {
    id: "stored-joined-by-colon",
    title: "joins a reference by colons to the key that it stores it under",
    breaks: ["CORE-106"],
    make: durable(
      undefined,
      keyedBy((ref) => [ref.kind, ref.namespace ?? "", ref.name].join(":")),
    ),
  },
  {
    id: "stored-cluster-as-namespace",
    title: "stores what has no namespace in the one called _cluster",
    breaks: ["CORE-106"],
    make: durable(
      undefined,
      keyedBy((ref) => `${ref.kind}\0${ref.namespace ?? "_cluster"}\0${ref.name}`),
    ),
  },
  {
    id: "stored-after-acknowledged",
    title: "acknowledges and announces a write before it is stored",
    breaks: [
      "CORE-102",
      "WATCH-030",
      "CORE-006",
      "CORE-100",
      "CORE-101",
      "CORE-106",
      "CORE-116",
      "DUR-001",
      "DUR-004",
      "DUR-005",
      "DUR-008",
    ],
    mayFail: [
      "CORE-009",
      "CORE-112",
      "CORE-104",
      "DUR-003",
      "DUR-012",
      "DUR-013",
      "DUR-014",
      "DUR-015",
      "DUR-016",
      "DUR-017",
      "DUR-018",
      "DUR-019",
      "DUR-020",
    ],
    make: durable(undefined, (disk, reached) => ({
      put: async (entry) => {
        reached();
        setImmediate(() => disk.set(referenceKey(entry.ref), entry));
      },
      remove: async (ref) => {
        reached();
        setImmediate(() => disk.delete(referenceKey(ref)));
      },
    })),
  },
  {
    id: "delete-announced-first",
    title: "announces a delete before the resource is gone from the disk",
    breaks: ["WATCH-030"],
    make: durable(waitsForRemoval, removesLate),
  },
  {
    id: "stored-in-place",
    title: "writes over what it stores in place, in two steps",
    breaks: ["CORE-103", "DUR-003", "DUR-005", "DUR-008"],
    mayFail: ["DUR-001"],
    make: durable(undefined, (disk, reached) => ({
      put: async (entry) => {
        await nextTurn();
        const before = disk.get(referenceKey(entry.ref));
        if (before !== undefined) {
          reached();
          const half = entry.envelope.length / 2;
          const envelope = entry.envelope.map((byte, index) => (index < half ? byte : 0x20));
          disk.set(referenceKey(entry.ref), { ...entry, envelope });
          await nextTurn();
        }
        disk.set(referenceKey(entry.ref), entry);
      },
    })),
  },
  {
    id: "revisions-reused-after-reopen",
    title: "counts its revisions from the beginning when it is opened again",
    breaks: ["CORE-104", "DUR-006"],
    make: durable(countsFrom(0)),
  },
  {
    id: "cursors-reused-after-reopen",
    title: "takes cursors from before it was opened again for the present",
    breaks: ["WATCH-031", "WATCH-017", "WATCH-035", "DUR-007"],
    says: /what a reader holds after a reopen/,
    make: durable(forgetsResets),
  },
];

/** The envelope with the line feed at the end of its payload cut off. */
function trimmed(envelope: Uint8Array): Uint8Array {
  const { payload, ...others } = decodeEnvelope(envelope);
  return payload.at(-1) === 0x0a
    ? encodeEnvelope({ ...others, payload: payload.slice(0, -1) })
    : envelope;
}

/** A delete resolves when the disk has done it, but its event does not wait for that. */
function removesLate(...[disk, reached]: Parameters<DriverBug>): ReturnType<DriverBug> {
  return {
    remove: async (ref) => {
      reached();
      void nextTurn()
        .then(nextTurn)
        .then(() => disk.delete(referenceKey(ref)));
    },
  };
}

function waitsForRemoval(...[sound]: Parameters<Bug>): ReturnType<Bug> {
  return {
    delete: async (ref, options) => {
      await sound.delete(ref, options);
      for (let turn = 0; turn < 3; turn++) await nextTurn();
    },
  };
}
