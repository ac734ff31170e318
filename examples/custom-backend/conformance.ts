/** The SQLite backend under judgement: `conformance ./conformance.ts`. */

import { copyFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { defineSubject, type Subject } from "@engenho/conformance";
import { openSqliteBackend } from "./sqlite-backend.ts";

const subject: Subject = defineSubject({
  name: "sqlite",
  open: ({ directory }) => openSqliteBackend(join(directory, "store.db")),
  reopen: ({ directory }) => openSqliteBackend(join(directory, "store.db")),
  // node:sqlite is synchronous, so that between two turns of the event loop the file is whole.
  crash: async ({ directory }, survivor) => {
    copyFileSync(join(directory, "store.db"), join(survivor.directory, "store.db"));
    return openSqliteBackend(join(survivor.directory, "store.db"));
  },
  damage: {
    truncate: async ({ directory }, { name }) => {
      const db = new DatabaseSync(join(directory, "store.db"));
      db.prepare("UPDATE resources SET envelope = substr(envelope, 1, 20) WHERE name = ?").run(
        name,
      );
      db.close();
    },
  },
  module: import.meta.url,
});

export default subject;
