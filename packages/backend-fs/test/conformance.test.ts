/** The suite, over a directory: on a recorded disk, with a journal there, with threads, and with other writers. */

import { join } from "node:path";
import { defineSubject, type Profile, requirements, type StoreContext } from "@engenho/conformance";
import { conformance } from "@engenho/conformance/vitest";
import type { StoreBackend } from "@engenho/sdk";
import subject, { journalSubject } from "../conformance.ts";
import { createFsBackend } from "../src/index.ts";

// DUR-010 ends it at each of some 600 steps, which takes a busy machine longer than the usual 30 s.
conformance(subject, { timeoutMs: 120_000 });
conformance(journalSubject, { timeoutMs: 120_000 });

const { crash, outside, samples } = subject;
// Where threads read, root reads everything: nothing can be kept from them.
const { truncate, outdate } = subject.damage ?? {};
const damage = truncate && { truncate, ...(outdate && { outdate }) };

conformance(
  defineSubject({
    name: "filesystem, process",
    open: openForProcess,
    reopen: openForProcess,
    ...(crash && { crash }),
    ...(damage && { damage }),
    ...(outside && { outside }),
    ...(samples && { samples }),
  }),
);

// With other writers what differs is who tells readers of changes; in CI everything is judged all the same.
const told: ReadonlySet<Profile> = new Set(["watch", "external"]);

conformance(
  defineSubject({
    name: "filesystem, external writes",
    open: openWithOthers,
    reopen: openWithOthers,
    ...(crash && { crash }),
    ...(damage && { damage }),
    ...(outside && { outside }),
    ...(samples && { samples }),
  }),
  {
    requirements: requirements.filter(
      ({ profile }) => process.env["CI"] !== undefined || told.has(profile),
    ),
  },
);

function openWithOthers({ directory }: StoreContext): Promise<StoreBackend> {
  const root = join(directory, "store");
  return createFsBackend({ root, durability: "process", externalWrites: true });
}

function openForProcess({ directory }: StoreContext): Promise<StoreBackend> {
  return createFsBackend({ root: join(directory, "store"), durability: "process" });
}
