/** A backend over one SQLite file: what the system must be able to do, and nothing else. */

import { DatabaseSync } from "node:sqlite";
import {
  BackendError,
  createBackend,
  type Driver,
  type ResourceRef,
  type StoreBackend,
  type StoredEntry,
} from "@engenho/sdk";

/** Opens or creates the store in this file. What it acknowledges survives the end of the process. */
export async function openSqliteBackend(path: string): Promise<StoreBackend> {
  const db = openExclusively(path);
  const select = db.prepare("SELECT kind, namespace, name, envelope, revision FROM resources");
  const insert = db.prepare("INSERT OR REPLACE INTO resources VALUES (?, ?, ?, ?, ?)");
  const remove = db.prepare("DELETE FROM resources WHERE kind = ? AND namespace = ? AND name = ?");
  const driver: Driver = {
    load: async () => ({ entries: (select.all() as Row[]).map(entryOf) }),
    put: async ({ ref, envelope, revision }) => {
      insert.run(...keyOf(ref), envelope, revision);
    },
    remove: async (ref) => {
      remove.run(...keyOf(ref));
    },
    close: async () => db.close(),
  };
  const capabilities = { durability: "process", sharing: "exclusive" } as const;
  return createBackend(driver, { name: "sqlite", capabilities });
}

/** A namespace is never empty, so the empty text can stand for none. */
const keyOf = ({ kind, namespace = "", name }: ResourceRef) => [kind, namespace, name] as const;

type Row = Record<"kind" | "namespace" | "name", string> & Omit<StoredEntry, "ref">;

function entryOf({ kind, namespace, name, envelope, revision }: Row): StoredEntry {
  return { ref: namespace === "" ? { kind, name } : { kind, name, namespace }, envelope, revision };
}

function openExclusively(path: string): DatabaseSync {
  const db = new DatabaseSync(path);
  try {
    db.exec(`PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE;
      CREATE TABLE IF NOT EXISTS resources (kind TEXT, namespace TEXT, name TEXT,
        envelope BLOB, revision TEXT, PRIMARY KEY (kind, namespace, name)) WITHOUT ROWID;
      COMMIT`);
    return db;
  } catch (cause) {
    db.close();
    if ((cause as { errcode?: number }).errcode !== 5) throw cause; // 5 is SQLITE_BUSY
    throw new BackendError("locked", `${path} is open elsewhere`, { verb: "open", cause });
  }
}
