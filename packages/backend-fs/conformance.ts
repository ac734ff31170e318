/** The filesystem backend under judgement. */

import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { defineSubject, samplesFrom, type StoreContext, type Subject } from "@engenho/conformance";
import { decodeEnvelope, type ResourceRef, type StoreBackend } from "@engenho/sdk";
import { inProcessRunner } from "./src/commit/job-runners.ts";
import type { FileOperations } from "./src/file-operations.ts";
import { createFsBackend, type FsBackendOptions } from "./src/index.ts";
import { storePath } from "./src/layout.ts";
import { openFsBackend } from "./src/open-fs-backend.ts";
import { RecordedDisk } from "./test/recorded-disk.ts";

/** What lies below each context's store: a real directory, and which of it was synced. */
const disks = new Map<string, RecordedDisk>();

/** The directories whose stores are to meet a failed fsync. */
const failing = new Set<string>();

export default fsSubject("filesystem", {});

/** The same store, acknowledging by a journal. */
export const journalSubject: Subject = fsSubject("filesystem, journal", { journal: true });

function fsSubject(name: string, options: Pick<FsBackendOptions, "journal">): Subject {
  const open = (context: StoreContext): Promise<StoreBackend> => openOn(context, options);
  return defineSubject({
    name,
    open,
    reopen: open,
    async crash(context) {
      const copy = join(context.makeDirectory(), "store");
      copyInstant(join(context.directory, "store"), copy);
      return createFsBackend({ root: copy });
    },
    async cutPower(context) {
      const copy = context.makeDirectory();
      diskOf(context.directory).losePower(copy, context.seed);
      return createFsBackend({ root: join(copy, "store") });
    },
    fail: async ({ directory }) => void failing.add(directory),
    outside: async ({ directory }) => {
      const fileOf = (ref: ResourceRef): string => join(directory, "store", storePath(ref));
      return {
        put: async (envelope) => {
          const file = fileOf(decodeEnvelope(envelope).ref);
          mkdirSync(dirname(file), { recursive: true });
          writeFileSync(file, envelope);
        },
        remove: async (ref) => rmSync(fileOf(ref)),
      };
    },
    samples: samplesFrom(new URL("../../examples/manifests", import.meta.url)),
  });
}

function openOn(
  { directory }: StoreContext,
  options: Pick<FsBackendOptions, "journal">,
): Promise<StoreBackend> {
  failing.delete(directory);
  const { operations } = diskOf(directory);
  // As createFsBackend does, but on this thread, where what is synced can be seen and made to fail.
  const observed: FileOperations = {
    ...operations,
    sync: async (file) => {
      if (failing.has(directory)) throw Object.assign(new Error("injected"), { code: "EIO" });
      await operations.sync(file);
    },
  };
  return openFsBackend(
    { root: join(directory, "store"), ...options },
    { operations: observed, makeRunner: (place) => inProcessRunner(place, observed) },
  );
}

function diskOf(directory: string): RecordedDisk {
  let disk = disks.get(directory);
  if (disk === undefined) disks.set(directory, (disk = new RecordedDisk(directory)));
  return disk;
}

/**
 * Copies a tree as it is at one instant. While this runs no JavaScript does, so that the store starts
 * nothing new, but what it has handed to the thread pool goes on: copy until nothing has moved.
 */
function copyInstant(from: string, to: string): void {
  for (let before = fingerprint(from), settled = false; !settled;) {
    rmSync(to, { recursive: true, force: true });
    try {
      execFileSync("cp", ["--archive", from, to], { stdio: "pipe" }); // with times of modification, whole
    } catch (error) {
      if (fingerprint(from) === before) throw error; // nothing moved: it is no file that went away
    }
    const after = fingerprint(from);
    settled = after === before;
    before = after;
  }
}

function fingerprint(directory: string): string {
  const paths = readdirSync(directory, { recursive: true, encoding: "utf8" }).sort();
  const lines = paths.map((path) => {
    const stats = statSync(join(directory, path), { bigint: true, throwIfNoEntry: false });
    return `${path} ${stats?.ino} ${stats?.size} ${stats?.mtimeNs}`;
  });
  return lines.join("\n");
}
