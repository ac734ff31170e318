/** The SQLite backend under judgement: `conformance ./conformance.ts`. */

import { copyFileSync } from "node:fs";
import { join } from "node:path";
import { defineSubject, type Subject } from "@engenho/conformance";
import { openSqliteBackend } from "./sqlite-backend.ts";

const subject: Subject = defineSubject({
  name: "sqlite",
  open: ({ directory }) => openSqliteBackend(join(directory, "store.db")),
  reopen: ({ directory }) => openSqliteBackend(join(directory, "store.db")),
  // node:sqlite is synchronous, so that between two turns of the event loop the file is whole.
  crash: async ({ directory, makeDirectory }) => {
    const copy = join(makeDirectory(), "store.db");
    copyFileSync(join(directory, "store.db"), copy);
    return openSqliteBackend(copy);
  },
});

export default subject;
