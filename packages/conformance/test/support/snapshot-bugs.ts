/** One bug for each requirement of the SNAP chapter. */

import {
  BackendError,
  compareReferences,
  decodeEnvelope,
  decodeSnapshot,
  encodeEnvelope,
  encodeSnapshot,
  type Envelope,
  referenceKey,
  type Resource,
  type Revision,
  type SnapshotEntry,
  type StoreBackend,
} from "@engenho/sdk";
import { CborSpelling } from "../../src/harness/cbor-spellings.ts";
import { nextTurn } from "../../src/harness/next-turn.ts";
import type { Bug, KnownBug } from "./broken-backend.ts";

const cbor = new CborSpelling();

/** The bug that each requirement is there for, and what its failure says. */
export const snapshotBugs: readonly KnownBug[] = [
  [
    "SNAP-001",
    "spells an empty store with indefinite length",
    /snapshot of a fresh store/,
    changingSnapshot((bytes) => (bytes.length === 1 ? Uint8Array.of(0x9f, 0xff) : bytes)),
  ],
  [
    "SNAP-002",
    "orders names by UTF-16 units",
    /order of a snapshot's entries/,
    changingSnapshot(orderedByUnits),
  ],
  ["SNAP-003", "writes revisions into its snapshots", /after another history/, writesRevisions],
  [
    "SNAP-004",
    "leaves an entry out of its snapshots",
    /content of the store that was restored/,
    changingSnapshot((bytes) => encodeSnapshot(decodeSnapshot(bytes).slice(1))),
  ],
  ["SNAP-005", "merges what it restores", /get of what the snapshot lacks/, mergesOnRestore],
  ["SNAP-006", "takes entries in snapshot order only", /is not in order/, demandsOrder],
  [
    "SNAP-007",
    "rewrites envelopes in its own spelling",
    /envelope of .*, restored from/,
    changingEnvelopes(encodeEnvelope),
  ],
  [
    "SNAP-008",
    "takes bytes that are cut short for an empty snapshot",
    /the first 0 of a snapshot's/,
    repairsOnCorrupt(() => Uint8Array.of(0x80)),
  ],
  [
    "SNAP-009",
    "leaves out bad entries and restores the rest",
    /a reference twice/,
    repairsOnCorrupt(withoutBadEntries),
  ],
  [
    "SNAP-010",
    "names the first bad entry only",
    /should mention "second-offender"/,
    namesFirstOffender,
  ],
  [
    "SNAP-011",
    "makes revisions of the content",
    /a resource replaced by a restore has the revision/,
    hashesRevisions,
  ],
  [
    "SNAP-012",
    "gives everybody the same bytes",
    /after the caller has overwritten the one before/,
    sharesSnapshots,
  ],
  [
    "SNAP-015",
    "empties the store before it restores",
    /beside a restore, so came (?:after|before) it/,
    emptiesFirst,
  ],
  [
    "SNAP-015",
    "lets writes in between the entries of a restore",
    /another that had ended already came after it/,
    restoresEntryByEntry,
  ],
  [
    "SNAP-016",
    "trims what it restores",
    /the sample .* in the other store: the bytes differ/,
    changingEnvelopes((envelope) =>
      encodeEnvelope({ ...envelope, payload: trimmed(envelope.payload) }),
    ),
  ],
  [
    "SNAP-017",
    "reads kind after kind for a snapshot",
    /in the resource that is written first/,
    readsKindAfterKind,
  ],
  ["SNAP-018", "restores entry by entry", /a reader beside a restore saw/, restoresEntryByEntry],
  [
    "SNAP-019",
    "takes an empty snapshot for nothing to do",
    /restore of an empty snapshot/,
    (sound) => ({
      restore: async (bytes) => (bytes.length === 1 ? undefined : sound.restore(bytes)),
    }),
  ],
  [
    "SNAP-020",
    "forgets the format of what it restores",
    /JSON text that was applied as YAML/,
    changingEnvelopes(withoutFormat),
  ],
  [
    "SNAP-021",
    "restores formats that it does not take",
    /but it resolved/,
    changingEnvelopes(withoutFormat),
  ],
  [
    "SNAP-022",
    "restores what is too large to be applied",
    /but it resolved/,
    ({ capabilities }) => ({ capabilities: { ...capabilities, maxBodyBytes: 1_000 } }),
  ],
  [
    "SNAP-023",
    "overflows its stack on nested bytes",
    /expected a BackendError "corrupt", got RangeError/,
    overflowsItsStack,
  ],
];

function changingSnapshot(change: (bytes: Uint8Array) => Uint8Array): Bug {
  return (sound) => ({ snapshot: async (options) => change(await sound.snapshot(options)) });
}

/** A bug in what a restore makes of each envelope, where the snapshot can be read at all. */
function changingEnvelopes(change: (envelope: Envelope) => Uint8Array): Bug {
  return (sound) => ({
    restore: async (bytes, options) => {
      const entries = decodeSnapshot(bytes).map(({ ref, envelope }) => ({
        ref,
        envelope: change(decodeEnvelope(envelope)),
      }));
      await sound.restore(encodeSnapshot(entries), options);
    },
  });
}

function repairsOnCorrupt(repair: (bytes: Uint8Array) => Uint8Array): Bug {
  return (sound) => ({
    restore: async (bytes) => {
      try {
        await sound.restore(bytes);
      } catch (error) {
        if (!BackendError.is(error, "corrupt")) throw error;
        await sound.restore(repair(bytes));
      }
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

function writesRevisions(sound: StoreBackend): Partial<StoreBackend> {
  return {
    snapshot: async () => {
      const entries = decodeSnapshot(await sound.snapshot()).map(async ({ ref, envelope }) => {
        const { revision } = await sound.get(ref, "native");
        const pairs = [
          ["ref", cbor.reference(ref)],
          ["payload", cbor.bytes(decodeEnvelope(envelope).payload)],
          ["revision", cbor.text(revision)],
        ] as const;
        return { ref, envelope: cbor.map(pairs) };
      });
      return encodeSnapshot(await Promise.all(entries));
    },
  };
}

function mergesOnRestore(sound: StoreBackend): Partial<StoreBackend> {
  return {
    restore: async (bytes) => {
      const merged = new Map<string, SnapshotEntry>();
      for (const source of [await sound.snapshot(), bytes]) {
        for (const entry of decodeSnapshot(source)) merged.set(referenceKey(entry.ref), entry);
      }
      await sound.restore(encodeSnapshot([...merged.values()]));
    },
  };
}

function demandsOrder(sound: StoreBackend): Partial<StoreBackend> {
  return {
    restore: async (bytes) => {
      const refs = decodeSnapshot(bytes).map(({ ref }) => ref);
      const isSorted = refs.every(
        (ref, index) => index === 0 || compareReferences(refs[index - 1] ?? ref, ref) < 0,
      );
      if (!isSorted) throw new BackendError("corrupt", "the snapshot is not in order");
      await sound.restore(bytes);
    },
  };
}

function withoutBadEntries(bytes: Uint8Array): Uint8Array {
  const good = new Map<string, SnapshotEntry>();
  for (const entry of decodeSnapshot(bytes)) {
    try {
      const { ref } = decodeEnvelope(entry.envelope);
      if (referenceKey(ref) === referenceKey(entry.ref)) good.set(referenceKey(ref), entry);
    } catch {
      // Left out.
    }
  }
  return encodeSnapshot([...good.values()]);
}

function namesFirstOffender(sound: StoreBackend): Partial<StoreBackend> {
  return {
    restore: async (bytes) => {
      try {
        await sound.restore(bytes);
      } catch (error) {
        const { code, reason } = BackendError.from(error);
        throw new BackendError(code, reason.split(";")[0] ?? "");
      }
    },
  };
}

function hashesRevisions(sound: StoreBackend): Partial<StoreBackend> {
  const hashed = (resource: Resource): Resource => ({
    ...resource,
    revision: resource.body.join() as Revision,
  });
  return {
    apply: async (format, body) => ({
      ...(await sound.apply(format, body)),
      revision: body.join() as Revision,
    }),
    get: async (ref, format) => hashed(await sound.get(ref, format)),
  };
}

function sharesSnapshots(sound: StoreBackend): Partial<StoreBackend> {
  let shared: Promise<Uint8Array> | undefined;
  return { snapshot: () => (shared ??= sound.snapshot()) };
}

function emptiesFirst(sound: StoreBackend): Partial<StoreBackend> {
  return {
    restore: async (bytes) => {
      await sound.restore(Uint8Array.of(0x80));
      for (let turn = 0; turn < 4; turn++) await nextTurn();
      await sound.restore(bytes);
    },
  };
}

function restoresEntryByEntry(sound: StoreBackend): Partial<StoreBackend> {
  return {
    restore: async (bytes) => {
      const wanted = new Map(
        decodeSnapshot(bytes).map((entry) => [referenceKey(entry.ref), entry]),
      );
      for (const { envelope } of wanted.values()) {
        await sound.apply("native", envelope);
      }
      for (const { ref } of decodeSnapshot(await sound.snapshot())) {
        if (!wanted.has(referenceKey(ref))) await sound.delete(ref);
        await nextTurn();
      }
    },
  };
}

function trimmed(payload: Uint8Array): Uint8Array {
  return new TextEncoder().encode(new TextDecoder().decode(payload).trim());
}

function withoutFormat({ ref, payload }: Envelope): Uint8Array {
  return encodeEnvelope({ ref, payload });
}

function readsKindAfterKind(sound: StoreBackend): Partial<StoreBackend> {
  return {
    snapshot: async () => {
      const entries: SnapshotEntry[] = [];
      for (const kind of ["ConfigMap", "Job"]) {
        const { items } = await sound.list(kind, undefined, "native");
        entries.push(...items.map(({ ref, body }) => ({ ref, envelope: body })));
        await nextTurn();
      }
      return encodeSnapshot(entries);
    },
  };
}

function overflowsItsStack(sound: StoreBackend): Partial<StoreBackend> {
  const descend = (bytes: Uint8Array, at: number): void => {
    if (bytes[at] === 0x81) descend(bytes, at + 1);
  };
  return {
    restore: async (bytes) => {
      descend(bytes, 0);
      await sound.restore(bytes);
    },
  };
}
