/** What is kept: a row of SQLite for each resource, in the order of lists and snapshots. */

import { DatabaseSync } from "node:sqlite";
import { BackendError, type ErrorCode, type ResourceRef, type Revision } from "@engenho/sdk";
import { decodeEnvelope } from "./wire.ts";

export type Row = { ref: ResourceRef; envelope: Uint8Array; revision: Revision };

export class Rows {
  /** How many can be read, without I/O; who puts a new one or removes one counts it. */
  count: number;
  /** What stands in messages for those that cannot; who replaces or removes one takes it out. */
  readonly damaged: Set<string>;
  readonly #db: DatabaseSync;

  constructor(path: string) {
    this.#db = new DatabaseSync(path);
    try {
      // With a WAL, NORMAL is what "process" claims: a commit is in the file, and not yet fsynced.
      this.#db.exec(`PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL;
        PRAGMA synchronous = NORMAL; BEGIN EXCLUSIVE;
        CREATE TABLE IF NOT EXISTS resources (kind TEXT, namespace TEXT, name TEXT,
          envelope BLOB, revision TEXT, PRIMARY KEY (kind, namespace, name)) WITHOUT ROWID;
        COMMIT`);
      const rows = this.find();
      const damaged = rows.filter((row) => !isReadable(row));
      this.damaged = new Set(damaged.map(({ ref }) => labelOf(ref)));
      this.count = rows.length - this.damaged.size;
    } catch (error) {
      this.#db.close();
      throw error;
    }
  }

  /** All rows, or those of a kind, of a namespace there ("" for none), of a name there. */
  find(...fields: readonly string[]): Row[] {
    const columns = ["kind = ?", "namespace = ?", "name = ?"].slice(0, fields.length);
    // SQLite compares text by its UTF-8 bytes, as the contract does.
    const query = `SELECT * FROM resources WHERE ${["TRUE", ...columns].join(" AND ")}
      ORDER BY kind, namespace, name`;
    const found = this.#db.prepare(query).all(...fields) as (Omit<Row, "ref"> & Fields)[];
    return found.map(({ kind, namespace, name, envelope, revision }) => {
      const ref = namespace === "" ? { kind, name } : { kind, name, namespace };
      return { ref, envelope, revision };
    });
  }

  put({ ref: { kind, namespace = "", name }, envelope, revision }: Row): void {
    const insert = this.#db.prepare("INSERT OR REPLACE INTO resources VALUES (?, ?, ?, ?, ?)");
    insert.run(kind, namespace, name, envelope, revision);
  }

  remove({ kind, namespace = "", name }: ResourceRef): void {
    const query = "DELETE FROM resources WHERE kind = ? AND namespace = ? AND name = ?";
    this.#db.prepare(query).run(kind, namespace, name);
  }

  replaceAll(rows: readonly Row[]): void {
    this.#db.exec("BEGIN; DELETE FROM resources");
    try {
      for (const row of rows) this.put(row);
      this.#db.exec("COMMIT");
      this.count = rows.length;
      this.damaged.clear();
    } catch (error) {
      // SQLite rolls back by itself where it finds no space.
      if (this.#db.isTransaction) this.#db.exec("ROLLBACK");
      throw error;
    }
  }

  close(): void {
    if (this.#db.isOpen) this.#db.close();
  }
}

/** What stands for a reference in messages; no two have the same. */
export const labelOf = ({ kind, namespace, name }: ResourceRef) =>
  JSON.stringify([kind, namespace, name]);

function isReadable({ envelope }: Row): boolean {
  try {
    return decodeEnvelope(envelope) !== undefined;
  } catch {
    return false;
  }
}

type Fields = Record<"kind" | "namespace" | "name", string>;

/** SQLite's primary result codes that are nobody's bug; a statement that fails has changed nothing. */
const codes = new Map<number, ErrorCode>([
  [5, "locked"], // by another handle, in this process or another
  [8, "permission_denied"],
  [10, "unavailable"], // the disk does not read or write
  [11, "corrupt"],
  [13, "no_space"],
  [14, "unavailable"],
  [26, "corrupt"],
]);

/** What SQLite has thrown, in the contract's words. */
export function sqliteFailure(error: unknown): unknown {
  if (!(error instanceof Error) || !("errcode" in error)) return error;
  const code = codes.get(Number(error.errcode) & 255); // the bits above say where it went wrong
  return code === undefined ? error : new BackendError(code, error.message, { cause: error });
}
