/** Mutants that restore something else than the snapshot, or in another way. */

import {
  BackendError,
  compareReferences,
  decodeEnvelope,
  decodeSnapshot,
  encodeEnvelope,
  encodeSnapshot,
  type Envelope,
  referenceKey,
  type SnapshotEntry,
} from "@engenho/sdk";
import { nextTurn } from "../harness/next-turn.ts";
import { type Bug, inMemory } from "./bug.ts";
import { durable, putAll } from "./durable-memory.ts";
import type { Mutant } from "./mutant.ts";

const emptySnapshot = Uint8Array.of(0x80);

export const restoreMutants: readonly Mutant[] = [
  {
    id: "restore-merges",
    title: "merges what it restores into what is there",
    breaks: ["SNAP-005", "WATCH-029", "SNAP-015", "SNAP-019", "SNAP-004"],
    says: /get of what the snapshot lacks/,
    make: inMemory(mergesOnRestore),
  },
  {
    id: "restore-does-nothing",
    title: "claims restore and does nothing",
    breaks: [
      "SNAP-004",
      "CORE-051",
      "CORE-112",
      "WATCH-001",
      "WATCH-029",
      "SNAP-005",
      "SNAP-006",
      "SNAP-007",
      "SNAP-009",
      "SNAP-011",
      "SNAP-015",
      "SNAP-016",
      "SNAP-019",
      "SNAP-021",
      "SNAP-022",
    ],
    mayFail: ["SNAP-020"],
    make: inMemory((sound, reached) => ({
      restore: async (bytes, options) => {
        if (decodedOrNot(bytes) === undefined) return sound.restore(bytes, options);
        await sound.snapshot(options);
        reached();
      },
    })),
  },
  {
    id: "restore-demands-order",
    title: "restores entries in snapshot order only",
    breaks: ["SNAP-006"],
    make: inMemory(demandsOrder),
  },
  {
    id: "restore-respells-envelopes",
    title: "restores envelopes in its own spelling",
    breaks: ["SNAP-007"],
    says: /envelope of .*, restored from/,
    make: inMemory(changingEnvelopes(encodeEnvelope)),
  },
  {
    id: "restore-takes-torn-bytes",
    title: "takes bytes that are no snapshot for an empty one",
    breaks: ["SNAP-008", "CORE-091", "SNAP-009", "SNAP-010", "SNAP-023"],
    says: /the first 0 of a snapshot's/,
    make: inMemory(repairsOnCorrupt(() => emptySnapshot)),
  },
  {
    id: "restore-skips-bad-entries",
    title: "leaves out bad entries and restores the rest",
    breaks: ["SNAP-009", "SNAP-010", "SNAP-023"],
    says: /a reference twice/,
    make: inMemory(repairsOnCorrupt(withoutBadEntries)),
  },
  {
    id: "restore-names-first-offender",
    title: "names the first bad entry only",
    breaks: ["SNAP-010"],
    says: /should mention "second-offender"/,
    make: inMemory(namesFirstOffender),
  },
  {
    id: "restore-clears-then-checks",
    title: "empties the store before it finds that it cannot restore",
    breaks: ["SNAP-008", "SNAP-009", "SNAP-010", "SNAP-023"],
    make: inMemory((sound, reached) => ({
      restore: async (bytes, options) => {
        try {
          await sound.restore(bytes, options);
        } catch (error) {
          if (BackendError.is(error, "corrupt")) {
            reached();
            await sound.restore(emptySnapshot);
          }
          throw error;
        }
      },
    })),
  },
  {
    id: "restore-empties-first",
    title: "empties the store before it restores",
    breaks: ["SNAP-015", "SNAP-009", "SNAP-018", "SNAP-021", "SNAP-022"],
    says: /beside a restore, so came (?:after|before) it/,
    make: inMemory((sound, reached) => ({
      restore: async (bytes, options) => {
        const wanted = decodedOrNot(bytes);
        if (wanted === undefined || options?.signal?.aborted === true)
          return sound.restore(bytes, options);
        const kept = bytes.slice();
        reached();
        await sound.restore(emptySnapshot);
        for (let turn = 0; turn < 4; turn++) await nextTurn();
        await sound.restore(kept);
      },
    })),
  },
  {
    id: "restore-one-by-one",
    title: "restores entry by entry although it claims to be atomic",
    breaks: ["SNAP-018", "SNAP-015", "WATCH-029", "SNAP-021", "SNAP-022"],
    says: /a reader beside a restore saw/,
    make: inMemory(restoresEntryByEntry),
  },
  {
    id: "restore-trims",
    title: "trims what it restores",
    breaks: ["SNAP-016", "SNAP-004", "SNAP-005", "SNAP-007", "SNAP-012", "SNAP-022"],
    says: /the sample .* in the other store: .*the bytes differ/,
    make: inMemory(
      changingEnvelopes((envelope) =>
        encodeEnvelope({ ...envelope, payload: trimmed(envelope.payload) }),
      ),
    ),
  },
  {
    id: "restore-ignores-empty",
    title: "takes an empty snapshot for nothing to do",
    breaks: ["SNAP-019", "SNAP-015"],
    says: /restore of an empty snapshot/,
    make: inMemory((sound, reached) => ({
      restore: async (bytes, options) => {
        if (bytes.length !== 1 || bytes[0] !== 0x80 || options?.signal?.aborted === true)
          return sound.restore(bytes, options);
        reached();
        await sound.snapshot();
      },
    })),
  },
  {
    id: "restore-forgets-format",
    title: "forgets the format of what it restores",
    breaks: ["SNAP-020", "SNAP-021", "SNAP-004", "SNAP-005", "SNAP-007", "SNAP-012", "SNAP-016"],
    says: /JSON text that was applied as YAML/,
    make: inMemory(changingEnvelopes(({ ref, payload }) => encodeEnvelope({ ref, payload }))),
  },
  {
    id: "restore-takes-too-large",
    title: "restores what is too large to be applied",
    breaks: ["SNAP-022"],
    says: /but it resolved/,
    make: inMemory((sound, reached) => ({
      capabilities: { ...sound.capabilities, maxBodyBytes: 8_192 },
      apply: async (format, body, options) => {
        const isNative = format === "native" && body.length > 8_192;
        const size = isNative ? decodeEnvelope(body).payload.length : body.length;
        if (size <= 8_192) return sound.apply(format, body, options);
        const details = { verb: "apply", backend: sound.name, outcome: "none" } as const;
        throw new BackendError("too_large", "the body is too large", details);
      },
      restore: (bytes, options) => {
        if (bytes.length > 8_192) reached();
        return sound.restore(bytes, options);
      },
    })),
  },
  {
    id: "restore-overflows-stack",
    title: "overflows its stack on nested bytes",
    breaks: ["SNAP-023"],
    says: /expected a BackendError "corrupt", got RangeError/,
    make: inMemory((sound, reached) => {
      const descend = (bytes: Uint8Array, at: number): void => {
        if (bytes[at] !== 0x81) return;
        if (at > 1_000) reached();
        descend(bytes, at + 1);
      };
      return {
        restore: async (bytes, options) => {
          const restored = sound.restore(bytes, options);
          restored.catch(() => {});
          if (bytes instanceof Uint8Array) descend(bytes, 0);
          return restored;
        },
      };
    }),
  },
  {
    id: "restore-torn-by-crash",
    title: "leaves nothing to a process that ends during a restore",
    breaks: ["SNAP-013", "DUR-008"],
    says: /left a mixture/,
    make: durable(undefined, (disk, reached) => ({
      replaceAll: async (entries) => {
        reached();
        disk.clear();
        for (let turn = 0; turn < 3; turn++) await nextTurn();
        putAll(disk, entries);
      },
    })),
  },
  {
    id: "restore-in-memory-only",
    title: "keeps what it restores in memory only",
    breaks: ["SNAP-014", "SNAP-013", "DUR-008", "DUR-020"],
    says: /after a restore, opened anew/,
    make: durable(undefined, (_, reached) => ({ replaceAll: async () => reached() })),
  },
];

/** A bug in what a restore makes of each envelope, where the snapshot can be read at all. */
function changingEnvelopes(change: (envelope: Envelope) => Uint8Array): Bug {
  return (sound, reached) => ({
    restore: async (bytes, options) => {
      const entries = decodedOrNot(bytes);
      if (entries === undefined) return sound.restore(bytes, options);
      const changed = entries.map(({ ref, envelope }) => {
        const other = change(decodeEnvelope(envelope));
        if (Buffer.compare(envelope, other) !== 0) reached();
        return { ref, envelope: other };
      });
      await sound.restore(encodeSnapshot(changed), options);
    },
  });
}

/** The entries of a snapshot if every one of them is sound. */
function decodedOrNot(bytes: Uint8Array): readonly SnapshotEntry[] | undefined {
  try {
    const entries = decodeSnapshot(bytes);
    for (const { ref, envelope } of entries) {
      if (referenceKey(decodeEnvelope(envelope).ref) !== referenceKey(ref)) return undefined;
    }
    const keys = new Set(entries.map(({ ref }) => referenceKey(ref)));
    return keys.size === entries.length ? entries : undefined;
  } catch {
    return undefined;
  }
}

function repairsOnCorrupt(repair: (bytes: Uint8Array) => Uint8Array): Bug {
  return (sound, reached) => ({
    restore: async (bytes, options) => {
      try {
        await sound.restore(bytes, options);
      } catch (error) {
        if (!BackendError.is(error, "corrupt")) throw error;
        const repaired = attempt(() => repair(bytes));
        if (repaired === undefined) throw error;
        reached();
        await sound.restore(repaired);
      }
    },
  });
}

function attempt<T>(act: () => T): T | undefined {
  try {
    return act();
  } catch {
    return undefined;
  }
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

function mergesOnRestore(...[sound, reached]: Parameters<Bug>): ReturnType<Bug> {
  return {
    restore: async (bytes, options) => {
      const wanted = decodedOrNot(bytes);
      if (wanted === undefined || options?.signal?.aborted === true)
        return sound.restore(bytes, options);
      const merged = new Map<string, SnapshotEntry>();
      for (const entry of [...decodeSnapshot(await sound.snapshot()), ...wanted])
        merged.set(referenceKey(entry.ref), entry);
      if (merged.size > wanted.length) reached();
      await sound.restore(encodeSnapshot([...merged.values()]), options);
    },
  };
}

function demandsOrder(...[sound, reached]: Parameters<Bug>): ReturnType<Bug> {
  return {
    restore: async (bytes, options) => {
      const refs = (decodedOrNot(bytes) ?? []).map(({ ref }) => ref);
      const isSorted = refs.every(
        (ref, index) => index === 0 || compareReferences(refs[index - 1] ?? ref, ref) < 0,
      );
      if (isSorted) return sound.restore(bytes, options);
      reached();
      throw new BackendError("corrupt", "the snapshot is not in order");
    },
  };
}

function namesFirstOffender(...[sound, reached]: Parameters<Bug>): ReturnType<Bug> {
  return {
    restore: async (bytes, options) => {
      try {
        await sound.restore(bytes, options);
      } catch (error) {
        const { code, reason, ...details } = BackendError.from(error);
        if (!BackendError.is(error) || !reason.includes(";")) throw error;
        reached();
        throw new BackendError(code, reason.split(";")[0] ?? "", details);
      }
    },
  };
}

function restoresEntryByEntry(...[sound, reached]: Parameters<Bug>): ReturnType<Bug> {
  return {
    restore: async (bytes, options) => {
      const entries = decodedOrNot(bytes);
      if (entries === undefined || options?.signal?.aborted === true)
        return sound.restore(bytes, options);
      const wanted = new Map(entries.map((entry) => [referenceKey(entry.ref), entry]));
      reached();
      for (const { envelope } of wanted.values()) await sound.apply("native", envelope);
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
