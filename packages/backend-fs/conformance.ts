/** The filesystem backend under judgement. */

import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { chmod, readFile, stat, truncate, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { defineSubject, samplesFrom, type StoreContext, type Subject } from "@engenho/conformance";
import { decodeEnvelope, type ResourceRef, type StoreBackend } from "@engenho/sdk";
import { inProcessRunner } from "./src/commit/job-runners.ts";
import type { Disk } from "./src/disk.ts";
import { type FileOperations, fileOperations, secondsOf } from "./src/file-operations.ts";
import { createFsBackend, type FsBackendOptions } from "./src/index.ts";
import { storePath } from "./src/layout.ts";
import { openFsBackend } from "./src/open-fs-backend.ts";
import { readRegularFile } from "./src/read-regular-file.ts";
import { RecordedDisk } from "./test/recorded-disk.ts";

/** What lies below the stores that were made here: real directories, and which of them was synced. */
const disks = new Map<string, RecordedDisk>();

/** For what an end has left: no power is lost there, and the disk need not be waited for. */
const unsynced: FileOperations = {
  ...fileOperations,
  sync: async () => {},
  syncData: async () => {},
};

/** The directories whose stores are to meet a failed fsync. */
const failing = new Set<string>();

/** What a subject opens its stores with. */
type Options = Pick<FsBackendOptions, "journal">;

/** Processes that are killed load this module, whose default export this is. */
const subject: Subject = { ...fsSubject("filesystem", {}), module: import.meta.url };

export default subject;

/** The same store, acknowledging by a journal. */
export const journalSubject: Subject = fsSubject("filesystem, journal", { journal: true });

function fsSubject(name: string, options: Options): Subject {
  return defineSubject({
    name,
    async open(context) {
      const disk = new RecordedDisk(context.directory);
      disks.set(context.directory, disk);
      return await openObserved(context, options, disk.operations);
    },
    async reopen(context) {
      failing.delete(context.directory);
      const disk = disks.get(context.directory);
      // In a process that is killed nobody looks on: there the store is opened as users open it.
      return disk?.isWhole() === true
        ? await openObserved(context, options, disk.operations)
        : await createFsBackend({ root: rootOf(context), ...options });
    },
    async crash(context, survivor) {
      copyInstant(rootOf(context), rootOf(survivor));
      return await openObserved(survivor, options, unsynced);
    },
    async cutPower({ directory, seed }, survivor) {
      disks.get(directory)?.losePower(survivor.directory, seed);
      return await openObserved(survivor, options, unsynced);
    },
    fail: async ({ directory }) => void failing.add(directory),
    outside: async (context) => ({
      put: async (envelope) => {
        const file = fileOf(context, decodeEnvelope(envelope).ref);
        mkdirSync(dirname(file), { recursive: true });
        writeFileSync(file, envelope);
      },
      remove: async (ref) => rmSync(fileOf(context, ref)),
    }),
    steps: true,
    damage: {
      truncate: async (context, ref) => {
        const path = fileOf(context, ref);
        await truncate(path, Math.floor((await stat(path)).size / 2));
      },
      block: (context, ref) => chmod(fileOf(context, ref), 0o000),
      outdate: async (context) => {
        const path = join(rootOf(context), "_meta.json");
        const text = await readFile(path, "utf8");
        await writeFile(path, text.replace(/("format_version": )\d+/, "$1999"));
      },
    },
    samples: samplesFrom(new URL("../../examples/manifests", import.meta.url)),
  });
}

function rootOf({ directory }: StoreContext): string {
  return join(directory, "store");
}

function fileOf(context: StoreContext, ref: ResourceRef): string {
  return join(rootOf(context), storePath(ref));
}

/** As createFsBackend does, but on this thread, where what is done can be seen and made to fail. */
function openObserved(
  context: StoreContext,
  options: Options,
  below: FileOperations,
): Promise<StoreBackend> {
  const { directory } = context;
  const stepping = withSteps(below, context);
  const failIfAsked = (): void => {
    if (failing.has(directory)) throw Object.assign(new Error("injected"), { code: "EIO" });
  };
  const operations: FileOperations = {
    ...stepping,
    sync: async (file) => {
      failIfAsked();
      await stepping.sync(file);
    },
    syncData: async (file) => {
      failIfAsked();
      await stepping.syncData(file);
    },
  };
  const disk: Disk = {
    operations,
    makeRunner: (place) => inProcessRunner(place, operations, readAsAnybody),
  };
  return openFsBackend({ root: rootOf(context), ...options }, disk);
}

/** What leaves a directory as it is. */
const harmless: ReadonlySet<string> = new Set<keyof FileOperations>([
  "look",
  "openDirectory",
  "openFile",
  "openToWrite",
  "close",
]);

/** Operations of which each change is a step. */
function withSteps(operations: FileOperations, { step }: StoreContext): FileOperations {
  const stepping = Object.entries(operations).map(([name, operation]) => {
    const act = operation as (...args: unknown[]) => unknown;
    const withStep = (...args: unknown[]): unknown => {
      step(name.startsWith("sync") ? "sync" : "change");
      return act(...args);
    };
    return [name, harmless.has(name) ? act : withStep] as const;
  });
  return Object.fromEntries(stepping) as unknown as FileOperations;
}

/** Root may read everything; anybody else is told this. */
const readAsAnybody: typeof readRegularFile = async (path, limit) => {
  const { mode } = await stat(path);
  if ((mode & 0o400) === 0) throw Object.assign(new Error("injected"), { code: "EACCES" });
  return await readRegularFile(path, limit);
};

/**
 * Copies a tree as it is at one instant. While this runs no JavaScript does, so that the store starts
 * nothing new, but what it has handed to the thread pool goes on: copy until nothing has moved.
 */
function copyInstant(from: string, to: string): void {
  if (!existsSync(from)) return; // before there is anything
  for (let before = fingerprint(from), settled = false; !settled;) {
    rmSync(to, { recursive: true, force: true });
    try {
      copyTree(from, to);
    } catch (error) {
      if (fingerprint(from) === before) throw error; // nothing moved: it is no file that went away
    }
    const after = fingerprint(from);
    settled = after === before;
    before = after;
  }
}

/** With times of modification to the microsecond, which Node's own copies cut. */
function copyTree(from: string, to: string): void {
  mkdirSync(to);
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    if (entry.isDirectory()) copyTree(source, target);
    else if (entry.isSymbolicLink()) symlinkSync(readlinkSync(source), target);
    else {
      copyFileSync(source, target);
      const seconds = secondsOf(Number(statSync(source, { bigint: true }).mtimeNs / 1_000n));
      utimesSync(target, seconds, seconds);
    }
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
