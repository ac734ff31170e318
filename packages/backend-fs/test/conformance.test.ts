/** The suite, over a directory: as synced on a recorded disk, with a journal there, and as threads write it. */

import { join } from "node:path";
import { defineSubject, type StoreContext } from "@engenho/conformance";
import { conformance } from "@engenho/conformance/vitest";
import type { StoreBackend } from "@engenho/sdk";
import subject, { journalSubject } from "../conformance.ts";
import { createFsBackend } from "../src/index.ts";

conformance(subject);
conformance(journalSubject);

const { crash, samples } = subject;

conformance(
  defineSubject({
    name: "filesystem, process",
    open: openForProcess,
    reopen: openForProcess,
    ...(crash && { crash }),
    ...(samples && { samples }),
  }),
);

function openForProcess({ directory }: StoreContext): Promise<StoreBackend> {
  return createFsBackend({ root: join(directory, "store"), durability: "process" });
}
