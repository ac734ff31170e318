/** Mutants that make the wrong thing of what they cannot read. */

import { crc32 } from "node:zlib";
import {
  BackendError,
  type Cursor,
  decodeEnvelope,
  encodeSnapshot,
  type LoadedEntry,
  referenceKey,
  type Resource,
  type ResourceRef,
  type StoreBackend,
} from "@engenho/sdk";
import { nextTurn } from "../harness/next-turn.ts";
import { loadFiles, redoRestore } from "./disk-driver.ts";
import { onDiskDriver } from "./disk-store.ts";
import { type Disk, durable, putAll } from "./durable-memory.ts";
import type { Mutant } from "./mutant.ts";

export const damageMutants: readonly Mutant[] = [
  {
    id: "damage-keeps-it-shut",
    title: "does not open a store in which one resource is damaged",
    breaks: [
      ...(["DUR-012", "DUR-013", "DUR-014", "DUR-015", "DUR-016", "DUR-017"] as const),
      ...(["DUR-018", "DUR-019", "DUR-020"] as const),
    ],
    make: durable(undefined, (disk, reached) => ({
      load: async () => {
        if ([...disk.values()].some(isDamaged)) {
          reached();
          throw new BackendError("corrupt", "the store is damaged", { verb: "open" });
        }
        return { entries: [...disk.values()] };
      },
    })),
  },
  {
    id: "damage-makes-it-read-only",
    title: "refuses every write while one resource is damaged",
    breaks: ["DUR-012", "DUR-017", "DUR-018", "DUR-019"],
    make: durable((sound, reached) => {
      const refuse = (): void => {
        if (sound.diagnostics().counts.damaged === 0) return;
        reached();
        throw new BackendError("corrupt", "the store is damaged");
      };
      return {
        apply: async (...args) => (refuse(), sound.apply(...args)),
        delete: async (...args) => (refuse(), sound.delete(...args)),
      };
    }),
  },
  {
    id: "damaged-is-not-found",
    title: "says of a resource that it cannot read that there is none",
    breaks: ["DUR-013", "DUR-018"],
    make: durable((sound, reached) => ({
      get: async (ref, format, options) => {
        try {
          return await sound.get(ref, format, options);
        } catch (error) {
          if (!BackendError.is(error, "corrupt")) throw error;
          reached();
          throw new BackendError("not_found", "there is no such resource", { ref });
        }
      },
    })),
  },
  {
    id: "damaged-without-name",
    title: "does not say which resource it cannot read",
    breaks: ["DUR-014"],
    make: durable((sound, reached) => ({
      list: async (...args) => {
        try {
          return await sound.list(...args);
        } catch (error) {
          if (!BackendError.is(error, "corrupt")) throw error;
          reached();
          throw new BackendError("corrupt", "the store is damaged");
        }
      },
    })),
  },
  {
    id: "list-skips-damaged",
    title: "leaves out of lists what it cannot read",
    breaks: ["DUR-014"],
    make: durable((sound, reached, disk) => ({
      list: async (kind, namespace, format, options) => {
        try {
          return await sound.list(kind, namespace, format, options);
        } catch (error) {
          if (!BackendError.is(error, "corrupt")) throw error;
          reached();
          const isAsked = ({ ref }: LoadedEntry): boolean =>
            ref.kind === kind && (namespace === undefined || ref.namespace === namespace);
          const items = await readable(sound, disk, format, isAsked);
          return { items, cursor: "1" as Cursor };
        }
      },
    })),
  },
  {
    id: "watch-skips-damaged",
    title: "leaves out of watches what it cannot read",
    breaks: ["DUR-014"],
    says: /watch of the namespace/,
    make: durable((sound, reached) => ({
      watch: async (kind, ...args) => {
        try {
          return await sound.watch(kind, ...args);
        } catch (error) {
          if (!BackendError.is(error, "corrupt")) throw error;
          reached();
          return await sound.watch("Nothing", ...args);
        }
      },
    })),
  },
  {
    id: "snapshot-skips-damaged",
    title: "leaves out of snapshots what it cannot read",
    breaks: ["DUR-014"],
    says: /snapshot that includes/,
    make: durable((sound, reached, disk) => ({
      snapshot: async (options) => {
        try {
          return await sound.snapshot(options);
        } catch (error) {
          if (!BackendError.is(error, "corrupt")) throw error;
          reached();
          const items = await readable(sound, disk, "native", () => true);
          return encodeSnapshot(items.map(({ ref, body }) => ({ ref, envelope: body })));
        }
      },
    })),
  },
  {
    id: "damage-spreads-over-lists",
    title: "refuses every list because of one damaged resource",
    breaks: ["DUR-015"],
    make: onDiskDriver((_, reached, sound) => ({
      load: async () => {
        const { entries, damaged = [] } = await sound.load();
        if (damaged.length > 0) reached();
        const spread = damaged.map(({ known, ...rest }) => ({
          ...rest,
          known: {},
          mayBe: ({ kind, name, namespace }: ResourceRef) =>
            kind === known.kind && name === known.name && (namespace ?? null) === known.namespace,
          isPlaceOf: () => true,
        }));
        return { entries, damaged: spread };
      },
    })),
  },
  {
    id: "damaged-not-counted",
    title: "does not count what it cannot read",
    breaks: ["DUR-016"],
    make: durable((sound, reached) => ({
      diagnostics: () => {
        const diagnostics = sound.diagnostics();
        if (diagnostics.counts.damaged > 0) reached();
        return { ...diagnostics, counts: { ...diagnostics.counts, damaged: 0 }, damaged: [] };
      },
    })),
  },
  {
    id: "damaged-counted-as-resource",
    title: "counts what it cannot read among its resources",
    breaks: ["DUR-016"],
    says: /resourceCount/,
    make: durable((sound, reached) => ({
      resourceCount: () => {
        const { damaged } = sound.diagnostics().counts;
        if (damaged > 0) reached();
        return sound.resourceCount() + damaged;
      },
    })),
  },
  {
    id: "damage-outlives-apply",
    title: "does not write over what it could not read, and says that it has",
    breaks: ["DUR-017"],
    make: durable(undefined, (disk, reached) => ({
      put: async (entry) => {
        await nextTurn();
        const old = disk.get(referenceKey(entry.ref));
        if (old !== undefined && isDamaged(old)) reached();
        else disk.set(referenceKey(entry.ref), entry);
      },
    })),
  },
  {
    id: "damage-trusted-by-sum",
    title: "does not store again what it has the checksum of, though that is damaged",
    breaks: ["DUR-017"],
    says: /the same body/,
    make: durable(undefined, (disk, reached) => ({
      put: async ({ ref, ...entry }) => {
        await nextTurn();
        const key = referenceKey(ref);
        const sum = crc32(entry.envelope);
        if (disk.has(key) && disk.notes.get(key) === sum) return reached();
        disk.notes.set(key, sum);
        disk.set(key, { ref, ...entry });
      },
      replaceAll: async (entries) => {
        await nextTurn();
        disk.notes.clear();
        disk.clear();
        putAll(disk, entries);
      },
    })),
  },
  {
    id: "damage-counted-after-repair",
    title: "counts as damaged what was so when it was opened",
    breaks: ["DUR-017", "DUR-019", "DUR-020"],
    make: durable((sound, reached) => {
      const { counts, damaged } = sound.diagnostics();
      return {
        diagnostics: () => {
          const now = sound.diagnostics();
          if (now.counts.damaged < counts.damaged) reached();
          return { ...now, counts: { ...now.counts, damaged: counts.damaged }, damaged };
        },
      };
    }),
  },
  {
    id: "damaged-is-absent",
    title: "creates where there is something that it cannot read",
    breaks: ["DUR-018"],
    make: durable((sound, reached) => ({
      apply: async (format, body, options) => {
        try {
          return await sound.apply(format, body, options);
        } catch (error) {
          const isRefused = options?.ifRevision === "absent" && BackendError.is(error, "conflict");
          if (!isRefused || sound.diagnostics().counts.damaged === 0) throw error;
          reached();
          return await sound.apply(format, body);
        }
      },
    })),
  },
  {
    id: "damage-outlives-delete",
    title: "does not remove what it could not read, and says that it has",
    breaks: ["DUR-019"],
    make: durable(undefined, (disk, reached) => ({
      remove: async (ref) => {
        await nextTurn();
        const old = disk.get(referenceKey(ref));
        if (old !== undefined && isDamaged(old)) reached();
        else disk.delete(referenceKey(ref));
      },
    })),
  },
  {
    id: "damage-outlives-restore",
    title: "leaves what it could not read where it is when it restores",
    breaks: ["DUR-020"],
    make: durable(undefined, (disk, reached) => ({
      replaceAll: async (entries) => {
        await nextTurn();
        const damaged = [...disk].filter(([, entry]) => isDamaged(entry));
        if (damaged.length > 0) reached();
        disk.clear();
        for (const entry of entries) disk.set(referenceKey(entry.ref), entry);
        for (const [key, entry] of damaged) disk.set(key, entry);
      },
    })),
  },
  {
    id: "damage-lacking-outlives-restore",
    title: "leaves what it could not read where a restored snapshot lacks it",
    breaks: ["DUR-020"],
    says: /lacks what is damaged/,
    make: durable(undefined, (disk, reached) => ({
      replaceAll: async (entries) => {
        await nextTurn();
        const kept = new Set(entries.map(({ ref }) => referenceKey(ref)));
        for (const [key, entry] of disk)
          if (!kept.has(key) && isDamaged(entry)) reached();
          else disk.delete(key);
        putAll(disk, entries);
      },
    })),
  },
  {
    id: "eacces-is-missing",
    title: "takes what it may not read for missing",
    breaks: ["DUR-021"],
    make: onDiskDriver((_, reached, sound) => ({
      load: async () => {
        const { entries, damaged = [] } = await sound.load();
        const isMissing = ({ reason }: { readonly reason: string }): boolean =>
          reason.includes("EACCES");
        if (damaged.some(isMissing)) reached();
        return { entries, damaged: damaged.filter((each) => !isMissing(each)) };
      },
    })),
  },
  {
    id: "checksum-unchecked",
    title: "does not look at the checksums that it stores",
    breaks: ["DUR-022"],
    make: onDiskDriver((disk, reached) => ({
      load: () =>
        loadFiles(disk, async (path) => {
          reached();
          return (await disk.read(path)).subarray(4);
        }),
    })),
  },
  {
    id: "version-unchecked",
    title: "opens a store whatever its version",
    breaks: ["DUR-023"],
    make: onDiskDriver((disk, reached, sound) => ({
      prepare: async () => {
        try {
          await sound.prepare();
        } catch (error) {
          if (!BackendError.is(error, "unsupported")) throw error;
          reached();
          await redoRestore(disk);
        }
      },
    })),
  },
];

/** Whether an entry cannot be read. */
export function isDamaged({ envelope }: LoadedEntry): boolean {
  try {
    decodeEnvelope(envelope);
    return false;
  } catch {
    return true;
  }
}

/** Those of the entries on a disk that a backend can read. */
async function readable(
  sound: StoreBackend,
  disk: Disk,
  format: string,
  isAsked: (entry: LoadedEntry) => boolean,
): Promise<readonly Resource[]> {
  const items: Resource[] = [];
  for (const entry of disk.values())
    if (isAsked(entry) && !isDamaged(entry)) items.push(await sound.get(entry.ref, format));
  return items;
}
