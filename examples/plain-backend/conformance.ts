/** The plain backend under judgement: `conformance ./conformance.ts`. */

import { cpSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { defineSubject, samplesFrom, type Subject } from "@engenho/conformance";
import { openPlainBackend } from "./plain-backend.ts";

const subject: Subject = defineSubject({
  name: "plain",
  open: ({ directory }) => openPlainBackend(join(directory, "store.db")),
  reopen: ({ directory }) => openPlainBackend(join(directory, "store.db")),
  // node:sqlite is synchronous, so that between two turns of the event loop the files are whole.
  crash: async ({ directory }, survivor) => {
    cpSync(directory, survivor.directory, { recursive: true });
    return openPlainBackend(join(survivor.directory, "store.db"));
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
  samples: samplesFrom(new URL("../manifests", import.meta.url)),
});

export default subject;
