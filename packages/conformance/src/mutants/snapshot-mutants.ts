/** Mutants whose snapshots are not the state of the store. */

import {
  decodeEnvelope,
  decodeSnapshot,
  encodeSnapshot,
  referenceKey,
  type SnapshotEntry,
} from "@engenho/sdk";
import { CborSpelling } from "../harness/cbor-spellings.ts";
import { nextTurn } from "../harness/next-turn.ts";
import { type Bug, inMemory } from "./bug.ts";
import type { Mutant } from "./mutant.ts";

const cbor = new CborSpelling();

export const snapshotMutants: readonly Mutant[] = [
  {
    id: "snapshot-empty-indefinite",
    title: "spells the snapshot of an empty store with indefinite length",
    breaks: ["SNAP-001", "CORE-110"],
    says: /snapshot of a fresh store/,
    make: inMemory(
      changingSnapshot((bytes) => (bytes.length === 1 ? Uint8Array.of(0x9f, 0xff) : bytes)),
    ),
  },
  {
    id: "snapshot-utf16-order",
    title: "orders a snapshot by UTF-16 units",
    breaks: ["SNAP-002"],
    says: /order of a snapshot's entries/,
    make: inMemory(changingSnapshot(orderedByUnits)),
  },
  {
    id: "snapshot-has-revisions",
    title: "writes revisions into its snapshots",
    breaks: ["SNAP-003", "SNAP-002", "SNAP-004", "SNAP-012", "SNAP-016"],
    says: /after another history/,
    make: inMemory(writesRevisions),
  },
  {
    id: "snapshot-lacks-entry",
    title: "leaves the first entry out of its snapshots",
    breaks: ["SNAP-004", "CORE-112", "CONC-008", "SNAP-002", "SNAP-012", "SNAP-016", "SNAP-017"],
    mayFail: ["SNAP-020"],
    says: /content of the store that was restored/,
    make: inMemory(
      changingSnapshot((bytes) =>
        bytes.length === 1 ? bytes : encodeSnapshot(decodeSnapshot(bytes).slice(1)),
      ),
    ),
  },
  {
    id: "snapshot-shared",
    title: "gives everybody the same bytes of a snapshot",
    breaks: ["SNAP-012"],
    says: /after the caller has overwritten the one before/,
    make: inMemory(sharesSnapshots),
  },
  {
    id: "snapshot-torn",
    title: "reads kind after kind for a snapshot, while writes go on",
    breaks: ["SNAP-017"],
    says: /in the resource that is written first/,
    make: inMemory(readsKindAfterKind),
  },
];

function changingSnapshot(change: (bytes: Uint8Array) => Uint8Array): Bug {
  return (sound, reached) => ({
    snapshot: async (options) => {
      const bytes = await sound.snapshot(options);
      const changed = change(bytes);
      if (changed !== bytes) reached();
      return changed;
    },
  });
}

function orderedByUnits(bytes: Uint8Array): Uint8Array {
  const entries = decodeSnapshot(bytes).sort((a, b) =>
    referenceKey(a.ref) < referenceKey(b.ref) ? -1 : 1,
  );
  return cbor.array(
    entries.map(({ ref, envelope }) => cbor.array([cbor.reference(ref), cbor.bytes(envelope)])),
  );
}

function writesRevisions(...[sound, reached]: Parameters<Bug>): ReturnType<Bug> {
  return {
    snapshot: async (options) => {
      const entries = decodeSnapshot(await sound.snapshot(options));
      const changed = entries.map(async ({ ref, envelope }): Promise<SnapshotEntry> => {
        const { revision } = await sound.get(ref, "native");
        const { format, payload } = decodeEnvelope(envelope);
        reached();
        const pairs = [
          ["ref", cbor.reference(ref)],
          ...(format === undefined ? [] : [["format", cbor.text(format)] as const]),
          ["payload", cbor.bytes(payload)],
          ["revision", cbor.text(revision)],
        ] as const;
        return { ref, envelope: cbor.map(pairs) };
      });
      return encodeSnapshot(await Promise.all(changed));
    },
  };
}

function sharesSnapshots(...[sound, reached]: Parameters<Bug>): ReturnType<Bug> {
  let shared: Uint8Array | undefined;
  return {
    snapshot: async (options) => {
      const bytes = await sound.snapshot(options);
      if (shared?.length === bytes.length) reached();
      else shared = bytes;
      return shared;
    },
  };
}

function readsKindAfterKind(...[sound, reached]: Parameters<Bug>): ReturnType<Bug> {
  return {
    snapshot: async (options) => {
      const kinds = new Set(
        decodeSnapshot(await sound.snapshot(options)).map(({ ref }) => ref.kind),
      );
      const entries: SnapshotEntry[] = [];
      for (const kind of kinds) {
        const { items } = await sound.list(kind, undefined, "native");
        entries.push(...items.map(({ ref, body }) => ({ ref, envelope: body })));
        await nextTurn();
        reached();
      }
      return encodeSnapshot(entries);
    },
  };
}
