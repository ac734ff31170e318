/** Mutants that a sudden end undoes, at some moment or other: in memory that outlives the process. */

import {
  BackendError,
  createInMemoryBackend,
  decodeEnvelope,
  decodeSnapshot,
  referenceKey,
  type Revision,
  type StoredEntry,
} from "@engenho/sdk";
import { nextTurn } from "../harness/next-turn.ts";
import { bodyLimit } from "./body-limit.ts";
import { countsFrom } from "./counted-revisions.ts";
import { onDiskBackend } from "./disk-store.ts";
import { type Disk, durable } from "./durable-memory.ts";
import type { Mutant } from "./mutant.ts";
import { forgetsResets } from "./watch-bug.ts";

export const suddenEndMutants: readonly Mutant[] = [
  {
    id: "stored-beside-others-later",
    title: "acknowledges a write before it is stored while another one is under way",
    breaks: ["DUR-001"],
    mayFail: ["CORE-006", "CORE-101", "CORE-103", "CORE-106"],
    make: durable(undefined, (disk, reached) => {
      const waiting = new Map<string, StoredEntry>();
      let underWay = 0;
      return {
        put: async (entry) => {
          const key = referenceKey(entry.ref);
          waiting.set(key, entry);
          const store = async (): Promise<void> => {
            await nextTurn();
            if (waiting.get(key) === entry) disk.set(key, entry);
          };
          if (underWay > 0) {
            reached();
            void nextTurn().then(nextTurn).then(store);
            return;
          }
          underWay++;
          await store();
          underWay--;
        },
        remove: async (ref) => {
          await nextTurn();
          waiting.delete(referenceKey(ref));
          disk.delete(referenceKey(ref));
        },
      };
    }),
  },
  {
    id: "stored-large-in-pieces",
    title: "stores what is larger than 64 KiB piece by piece",
    breaks: ["DUR-003"],
    make: durable(undefined, (disk, reached) => ({
      put: async (entry) => {
        await nextTurn();
        if (entry.envelope.length > 65_536) {
          reached();
          await storePart(disk, entry);
        }
        disk.set(referenceKey(entry.ref), entry);
      },
    })),
  },
  {
    id: "created-in-pieces",
    title: "stores a new resource piece by piece, and replaces whole",
    breaks: ["DUR-008", "DUR-001", "DUR-003"],
    make: durable(undefined, (disk, reached) => ({
      put: async (entry) => {
        await nextTurn();
        if (!disk.has(referenceKey(entry.ref))) {
          reached();
          await storePart(disk, entry);
        }
        disk.set(referenceKey(entry.ref), entry);
      },
    })),
  },
  {
    id: "deleted-by-emptying",
    title: "empties what it is about to remove",
    breaks: ["DUR-008", "DUR-005"],
    mayFail: ["DUR-001"],
    make: durable(undefined, (disk, reached) => ({
      remove: async (ref) => {
        await nextTurn();
        const entry = disk.get(referenceKey(ref));
        if (entry !== undefined) {
          reached();
          await storePart(disk, entry);
        }
        disk.delete(referenceKey(ref));
      },
    })),
  },
  {
    id: "restore-deletes-first",
    title: "deletes what a resumable restore replaces before it writes it anew",
    breaks: ["DUR-008", "DUR-011"],
    mayFail: ["SNAP-015", "DUR-020"],
    make: onDiskBackend((sound, reached) => ({
      restore: async (bytes, options) => {
        // What cannot be restored leaves everything as it is.
        await using scratch = await createInMemoryBackend({ capabilities: bodyLimit });
        const isSound = await scratch.restore(bytes, options).then(
          () => true,
          () => false,
        );
        if (isSound) {
          for (const { ref } of decodeSnapshot(await sound.snapshot())) {
            reached();
            await sound.delete(ref);
          }
        }
        await sound.restore(bytes, options);
      },
    })),
  },
  {
    id: "refused-writes-stored",
    title: "stores a write before it refuses it",
    breaks: ["DUR-004"],
    make: durable((sound, reached, disk) => ({
      apply: async (format, body, options) => {
        try {
          return await sound.apply(format, body, options);
        } catch (error) {
          if (BackendError.is(error, "conflict")) {
            reached();
            await storeAnyway(disk, format, body);
          }
          throw error;
        }
      },
    })),
  },
  {
    id: "refused-deletes-stored",
    title: "deletes from its disk what it then refuses to delete",
    breaks: ["DUR-004"],
    make: durable((sound, reached, disk) => ({
      delete: async (ref, options) => {
        try {
          await sound.delete(ref, options);
        } catch (error) {
          if (BackendError.is(error, "conflict")) {
            reached();
            disk.delete(referenceKey(ref));
          }
          throw error;
        }
      },
    })),
  },
  {
    id: "refused-restores-stored",
    title: "empties its disk for a restore before it has read all of the snapshot",
    breaks: ["DUR-004"],
    make: durable((sound, reached, disk) => ({
      restore: async (...args) => {
        try {
          await sound.restore(...args);
        } catch (error) {
          if (BackendError.is(error, "corrupt")) {
            reached();
            disk.clear();
          }
          throw error;
        }
      },
    })),
  },
  {
    id: "revisions-counted-for-each-resource",
    title:
      "counts each resource's revisions, and those of deleted ones in memory until it is closed",
    breaks: ["DUR-006"],
    make: durable(undefined, (disk, reached) => {
      const last = new Map(disk.notes);
      for (const [key, { revision = "0" }] of disk)
        last.set(key, Math.max(last.get(key) ?? 0, Number(revision)));
      return {
        mintRevision: (envelope) => {
          const key = referenceKey(decodeEnvelope(envelope).ref);
          const number = (last.get(key) ?? 0) + 1;
          if (!disk.has(key)) reached();
          last.set(key, number);
          return String(number) as Revision;
        },
        close: async () => {
          for (const [key, number] of last) disk.notes.set(key, number);
        },
      };
    }),
  },
  {
    id: "revisions-counted-from-last-close",
    title: "counts its revisions from the number that it has stored when it was last closed",
    breaks: ["DUR-006"],
    mayFail: ["CORE-104"],
    make: durable((sound, reached, disk) => {
      let last = disk.notes.get("revisions") ?? 0;
      const counting = countsFrom(last, (number) => (last = Math.max(last, number)));
      return {
        ...counting(sound, reached),
        close: async () => {
          disk.notes.set("revisions", last);
          await sound.close();
        },
      };
    }),
  },
  {
    id: "cursors-reused-after-sudden-end",
    title: "takes cursors from before a sudden end for the present",
    breaks: ["DUR-007"],
    says: /what a reader holds after a sudden end/,
    make: durable((sound, reached, disk) => {
      const hadEnded = disk.notes.get("open") === 1;
      disk.notes.set("open", 1);
      return {
        ...(hadEnded ? forgetsResets(sound, reached) : {}),
        close: async () => {
          await sound.close();
          disk.notes.set("open", 0);
        },
      };
    }),
  },
];

/** What is stored when a write ends in the middle. */
async function storePart(disk: Disk, entry: Parameters<Disk["set"]>[1]): Promise<void> {
  const envelope = entry.envelope.slice(0, entry.envelope.length / 2);
  disk.set(referenceKey(entry.ref), { ...entry, envelope });
  await nextTurn();
}

async function storeAnyway(disk: Disk, format: string, body: Uint8Array): Promise<void> {
  await using scratch = await createInMemoryBackend({ capabilities: bodyLimit });
  const { ref, revision } = await scratch.apply(format, body);
  const { body: envelope } = await scratch.get(ref, "native");
  disk.set(referenceKey(ref), { ref: decodeEnvelope(envelope).ref, envelope, revision });
}
