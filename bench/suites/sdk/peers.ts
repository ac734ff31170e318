/** Stores of keys and values that others use for the same bytes: what each does, and what it does not. */

import { Keyv } from "keyv";
import { MemoryLevel } from "memory-level";
import { createStorage } from "unstorage";
import memoryDriver from "unstorage/drivers/memory";
import type { Contestant, Trial } from "../../src/bench-case.ts";

/** What the cases ask of a peer. */
export interface KeyValueStore {
  set(key: string, value: Uint8Array): Promise<unknown>;
  get(key: string): Promise<unknown>;
  /** Reads every value; tells how many there are. */
  readAll(): Promise<number>;
  delete(key: string): Promise<unknown>;
  close(): Promise<unknown>;
}

interface Peer {
  readonly name: string;
  readonly note: string;
  readonly makeStore: () => KeyValueStore;
}

const peers: readonly Peer[] = [
  {
    name: "unstorage, memory driver",
    note: "keeps the caller's own object in a Map: no copy, no parsing, no revisions, no order, no events of a kind",
    makeStore: () => {
      const storage = createStorage({ driver: memoryDriver() });
      return {
        set: (key, value) => storage.setItemRaw(key, value),
        get: (key) => storage.getItemRaw(key),
        readAll: async () => {
          const keys = await storage.getKeys();
          for (const key of keys) await storage.getItemRaw(key);
          return keys.length;
        },
        delete: (key) => storage.removeItem(key),
        close: () => storage.dispose(),
      };
    },
  },
  {
    name: "keyv",
    note: "keeps JSON text in a Map, the bytes as base64: a copy of its own, but no parsing, no revisions, no order, no watch",
    makeStore: () => {
      const keyv = new Keyv<Uint8Array>();
      return {
        set: (key, value) => keyv.set(key, value),
        get: (key) => keyv.get(key),
        readAll: async () => {
          let count = 0;
          for await (const _ of keyv.iterator()) count++;
          return count;
        },
        delete: (key) => keyv.delete(key),
        close: () => keyv.disconnect(),
      };
    },
  },
  {
    name: "memory-level",
    note: "keeps the caller's own bytes in a sorted tree, with iterators over a fixed view: no copy, no parsing, no revisions, no watch",
    makeStore: () => {
      const level = new MemoryLevel<string, Uint8Array>({
        valueEncoding: "view",
        storeEncoding: "view",
      });
      return {
        set: (key, value) => level.put(key, value),
        get: (key) => level.get(key),
        readAll: async () => {
          let count = 0;
          for await (const _ of level.values()) count++;
          return count;
        },
        delete: (key) => level.del(key),
        close: () => level.close(),
      };
    },
  },
];

/** A row for each peer: the same case, done with its store. */
export function peersThat(
  open: (makeStore: () => KeyValueStore, operations: number) => Trial | Promise<Trial>,
): readonly Contestant[] {
  return peers.map(({ name, note, makeStore }) => ({
    name,
    note,
    open: (operations) => open(makeStore, operations),
  }));
}

/** A key that a store of keys and values can have: unstorage gives slashes and NUL a meaning. */
export function keyOf({
  kind,
  namespace,
  name,
}: {
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
}): string {
  return `${kind}:${namespace}:${name}`;
}
