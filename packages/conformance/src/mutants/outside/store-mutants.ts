/** Stores that lose something, which only the next opening shows. */

import { referenceKey, type ResourceRef, type Revision, type StoredEntry } from "@engenho/sdk";
import { nextTurn } from "../../harness/next-turn.ts";
import { isDamaged } from "../damage-mutants.ts";
import { durable, type DriverBug, putAll } from "../durable-memory.ts";
import { keyedBy } from "../keyed-by.ts";
import type { Mutant } from "../mutant.ts";

export const outsideStoreMutants: readonly Mutant[] = [
  {
    id: "outside-long-names-cut",
    title: "cuts the encoded reference to 200 characters for the key that it stores it under",
    breaks: ["CORE-106"],
    make: durable(
      undefined,
      keyedBy(({ kind, namespace = "", name }) =>
        [kind, namespace, name].map(encodeURIComponent).join(",").slice(0, 200),
      ),
    ),
  },
  {
    id: "outside-versions-restart",
    title: "loads version numbers as revisions, which begin at 1 again after a delete",
    breaks: ["CORE-104"],
    make: durable(undefined, (disk, reached) => ({
      put: async (entry) => {
        await nextTurn();
        const key = referenceKey(entry.ref);
        const version = Number(disk.get(key)?.revision?.slice(1) ?? 0) + 1;
        reached();
        disk.set(key, { ...entry, revision: `v${version}` as Revision });
      },
    })),
  },
  {
    id: "outside-damage-skipped",
    title: "passes over what it cannot read when it opens",
    breaks: ["DUR-014", "DUR-013", "DUR-016", "DUR-018", "DUR-019"],
    make: durable(undefined, (disk, reached) => ({
      load: async () => {
        const entries = [...disk.values()].filter((entry) => !isDamaged(entry));
        if (entries.length < disk.size) reached();
        return { entries };
      },
    })),
  },
  {
    id: "outside-restore-keeps-loaded",
    title: "removes in a restore only what was written since it was opened",
    breaks: ["SNAP-014", "DUR-020"],
    make: durable(undefined, restoresWhatItWrote),
  },
  {
    id: "outside-shard-lost-update",
    title: "keeps a kind and namespace in one file, and writes it anew for two writes at once",
    breaks: ["CORE-101", "CORE-006", "CORE-106"],
    mayFail: ["CORE-103", "DUR-001"],
    make: durable(undefined, (disk, reached) => {
      const writing = new Map<string, number>();
      const rewrite = async (
        ref: ResourceRef,
        change: (shard: Map<string, StoredEntry>) => void,
      ) => {
        const shardKey = referenceKey({ ...ref, name: "" });
        const isInShard = (key: string): boolean => key.startsWith(shardKey);
        const shard = new Map([...disk].filter(([key]) => isInShard(key))) as Map<
          string,
          StoredEntry
        >;
        if (writing.has(shardKey)) reached();
        writing.set(shardKey, (writing.get(shardKey) ?? 0) + 1);
        await nextTurn();
        change(shard);
        for (const key of disk.keys()) if (isInShard(key)) disk.delete(key);
        for (const [key, entry] of shard) disk.set(key, entry);
      };
      return {
        put: (entry) => rewrite(entry.ref, (shard) => shard.set(referenceKey(entry.ref), entry)),
        remove: (ref) => rewrite(ref, (shard) => shard.delete(referenceKey(ref))),
      };
    }),
  },
  {
    id: "outside-write-behind",
    title: "stores what it acknowledged up to a tenth of a second later, or when it is closed",
    breaks: ["CORE-102", "WATCH-030", "DUR-001", "DUR-004", "DUR-005", "DUR-008"],
    mayFail: ["DUR-003", "CORE-103"],
    make: durable(undefined, writesBehind),
  },
];

function restoresWhatItWrote(...[disk, reached]: Parameters<DriverBug>): ReturnType<DriverBug> {
  const written = new Set<string>();
  return {
    put: async (entry) => {
      await nextTurn();
      disk.set(referenceKey(entry.ref), entry);
      written.add(referenceKey(entry.ref));
    },
    replaceAll: async (entries) => {
      await nextTurn();
      const wanted = new Set(entries.map(({ ref }) => referenceKey(ref)));
      for (const key of [...disk.keys()].filter((one) => !wanted.has(one))) {
        if (written.has(key)) disk.delete(key);
        else reached();
      }
      putAll(disk, entries);
      for (const key of wanted) written.add(key);
    },
  };
}

function writesBehind(...[disk, reached]: Parameters<DriverBug>): ReturnType<DriverBug> {
  const waiting = new Map<string, StoredEntry | undefined>();
  let timer: NodeJS.Timeout | undefined;
  const flush = (): void => {
    clearTimeout(timer);
    timer = undefined;
    for (const [key, entry] of waiting) {
      if (entry === undefined) disk.delete(key);
      else disk.set(key, entry);
    }
    waiting.clear();
  };
  const later = (ref: ResourceRef, entry: StoredEntry | undefined): void => {
    reached();
    waiting.set(referenceKey(ref), entry);
    timer ??= setTimeout(flush, 100);
  };
  return {
    load: async () => {
      flush();
      return { entries: [...disk.values()] };
    },
    put: async (entry) => later(entry.ref, entry),
    remove: async (ref) => later(ref, undefined),
    replaceAll: async (entries) => {
      flush();
      disk.clear();
      putAll(disk, entries);
    },
    close: async () => flush(),
  };
}
