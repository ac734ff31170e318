/** Others that keep keys and values on a disk, in the settings in which a write survives a loss of power. */

import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { ClassicLevel } from "classic-level";
import { open } from "lmdb";

/** What the cases ask of a peer. */
interface DurableStore {
  set(key: string, value: Uint8Array): Promise<unknown>;
  close(): Promise<unknown>;
}

export interface DurablePeer {
  readonly name: string;
  readonly note: string;
  readonly openStore: (directory: string) => Promise<DurableStore>;
}

export const durablePeers: readonly DurablePeer[] = [
  {
    name: "node:sqlite, WAL, synchronous=FULL",
    note: "one transaction a write, safe from power loss; the call holds the event loop until the disk has it, so writers never share an fsync",
    openStore: async (directory) => {
      const database = new DatabaseSync(join(directory, "store.sqlite"));
      database.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL");
      database.exec("CREATE TABLE entry (key TEXT PRIMARY KEY, value BLOB) WITHOUT ROWID");
      const insert = database.prepare("INSERT OR REPLACE INTO entry VALUES (?, ?)");
      return {
        set: async (key, value) => insert.run(key, value),
        close: async () => database.close(),
      };
    },
  },
  {
    name: "classic-level, sync: true",
    note: "one append to LevelDB's log and one fsync a batch, safe from power loss; no file for each resource, no revisions",
    openStore: async (directory) => {
      const level = new ClassicLevel<string, Uint8Array>(join(directory, "level"), {
        valueEncoding: "view",
      });
      await level.open();
      return {
        set: (key, value) => level.put(key, value, { sync: true }),
        close: () => level.close(),
      };
    },
  },
  {
    name: "lmdb, overlappingSync: false",
    note: "transactions on a thread of its own, many writes in one, safe from power loss; one file mapped into memory",
    openStore: async (directory) => {
      const store = open<Uint8Array, string>({
        path: join(directory, "lmdb"),
        encoding: "binary",
        overlappingSync: false,
      });
      return {
        set: (key, value) => store.put(key, Buffer.from(value)),
        close: () => store.close(),
      };
    },
  },
];
