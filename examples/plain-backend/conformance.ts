/** The plain backend under judgement: `conformance ./conformance.ts`. */

import { cpSync } from "node:fs";
import { join } from "node:path";
import { defineSubject, samplesFrom, type Subject } from "@engenho/conformance";
import { openPlainBackend } from "./plain-backend.ts";

const subject: Subject = defineSubject({
  name: "plain",
  open: ({ directory }) => openPlainBackend(join(directory, "store.db")),
  reopen: ({ directory }) => openPlainBackend(join(directory, "store.db")),
  // node:sqlite is synchronous, so that between two turns of the event loop the files are whole.
  crash: async ({ directory, makeDirectory }) => {
    const copy = makeDirectory();
    cpSync(directory, copy, { recursive: true });
    return openPlainBackend(join(copy, "store.db"));
  },
  samples: samplesFrom(new URL("../manifests", import.meta.url)),
});

export default subject;
