/** Reads everything that a root holds: what can be read as a resource, what cannot, and what is not ours. */

import type { Dirent } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import {
  checkReference,
  decodeEnvelope,
  defaultCapabilities,
  type ResourceRef,
} from "@engenho/sdk";
import { errnoOf, fsError, isExhaustion } from "./fs-error.ts";
import { forEachLimited } from "./for-each-limited.ts";
import { envelopeExtension } from "./layout.ts";
import { lockFile } from "./root-lock.ts";
import { metaFile } from "./meta-file.ts";
import type { OpenProgress } from "./open-report.ts";
import { type FileContent, readRegularFile } from "./read-regular-file.ts";
import { journalDirectory, restoreDirectory, temporaryDirectory } from "./own-directories.ts";

/** A file that holds a resource; its envelope, not its path, says which. */
export interface FoundFile {
  readonly path: string;
  readonly ref: ResourceRef;
  readonly envelope: Uint8Array;
  /** Its time of modification, in microseconds. */
  readonly modified: number;
}

/** A path and what is the matter with it, in one line. */
export interface FoundProblem {
  /** Relative to the root, with `/`. */
  readonly path: string;
  /** What is the matter, in one line. */
  readonly reason: string;
}

/** What was left alone. */
export interface SkippedFiles {
  /** How many there are. */
  readonly count: number;
  /** The first hundred by path. */
  readonly items: readonly FoundProblem[];
}

/** What lies below a root. Paths are relative to it, with `/`. */
export interface FoundTree {
  readonly files: readonly FoundFile[];
  /** Files where a resource would lie that hold none. */
  readonly damaged: readonly FoundProblem[];
  /** Directories that may hold resources and cannot be listed. */
  readonly unreadable: readonly FoundProblem[];
  readonly skipped: SkippedFiles;
}

const ownNames: ReadonlySet<string> = new Set([
  journalDirectory,
  lockFile,
  metaFile,
  restoreDirectory,
  temporaryDirectory,
]);
/** mkfs makes it, for root only. */
const lostAndFound = "lost+found";
const listedSkips = 100;
/** A payload spelled as an array of integers takes up to two bytes for each of its own. */
export const maxFileBytes: number = 2 * defaultCapabilities.maxBodyBytes + 64 * 1024;
const progressStep = 1_000;
const filesAtOnce = 32;

/**
 * Reads a tree. Symbolic links are not followed, names at the top that begin with `.` are not ours, and
 * nothing is changed. Kinds that begin with `_` are encoded today, and were not by others.
 *
 * @param maxBytes The size from which a file is not read but damaged.
 * @param onProgress Called when all files are found, after each 1,000 that are read, and at the end.
 * @param readFile Gives the content of a file, by its path in the tree.
 */
export async function loadTree(
  root: string,
  maxBytes: number,
  onProgress: (progress: OpenProgress) => void = () => {},
  readFile: (path: string, limit: number) => Promise<FileContent> = (path, limit) =>
    readRegularFile(join(root, path), limit),
): Promise<FoundTree> {
  const walk = await walkTree(root);
  const files: FoundFile[] = [];
  const damaged: FoundProblem[] = [];
  const skipped = walk.skipped;
  const found = walk.envelopes.length;
  let read = 0;
  onProgress({ found, read });
  await forEachLimited(walk.envelopes, filesAtOnce, async (path) => {
    try {
      const { bytes: envelope, modified } = await readFile(path, maxBytes);
      const ref = checkReference(decodeEnvelope(envelope).ref);
      files.push({ path, ref, envelope, modified });
    } catch (error) {
      if (isExhaustion(error)) throw fsError(error, `read ${join(root, path)}`);
      const errno = errnoOf(error);
      if (errno === "ENOENT")
        skipped.push({ path, reason: "its name is not UTF-8, or it vanished" });
      else if (errno === "ELOOP") skipped.push({ path, reason: "a symbolic link" });
      // Right below the root no layout ever put a resource: a file there is ours only if it proves so.
      else if (!path.includes("/")) skipped.push({ path, reason: "not a resource" });
      else damaged.push({ path, reason: reasonOf(error) });
    }
    if (++read % progressStep === 0 && read < found) onProgress({ found, read });
  });
  if (found > 0) onProgress({ found, read });
  for (const list of [files, damaged, walk.unreadable, skipped]) list.sort(byPath);
  const items = skipped.slice(0, listedSkips);
  return { files, damaged, unreadable: walk.unreadable, skipped: { count: skipped.length, items } };
}

/** Whether a path may be a resource's, by its name. */
export function mayBeResource(path: string): boolean {
  const [top = ""] = path.split("/");
  const isOurs = !ownNames.has(top) && !top.startsWith(".") && top !== lostAndFound;
  return isOurs && path.endsWith(envelopeExtension);
}

/** What lies below a root, by name. */
interface Walk {
  readonly envelopes: string[];
  /** All that were listed, the root aside. */
  readonly directories: string[];
  readonly unreadable: FoundProblem[];
  readonly skipped: FoundProblem[];
}

/** Lists a tree as {@link loadTree} does, and reads nothing. */
export async function walkTree(root: string): Promise<Walk> {
  const walk: Walk = { envelopes: [], directories: [], unreadable: [], skipped: [] };
  let level: string[] = [""];
  while (level.length > 0) {
    const next: string[] = [];
    await forEachLimited(level, filesAtOnce, async (directory) => {
      for (const entry of await listDirectory(root, directory, walk)) {
        const path = directory === "" ? entry.name : `${directory}/${entry.name}`;
        const skip = reasonToSkip(entry, directory === "");
        if (skip !== undefined) walk.skipped.push({ path, reason: skip });
        else if (entry.isDirectory()) next.push(path);
        else walk.envelopes.push(path);
      }
    });
    walk.directories.push(...next);
    level = next;
  }
  return walk;
}

async function listDirectory(
  root: string,
  directory: string,
  walk: Walk,
): Promise<readonly Dirent[]> {
  try {
    const entries = await readdir(join(root, directory), { withFileTypes: true });
    return directory === "" ? entries.filter((entry) => !ownNames.has(entry.name)) : entries;
  } catch (error) {
    const failure = fsError(error, `list ${join(root, directory)}`);
    if (directory === "" || isExhaustion(error)) throw failure;
    if (errnoOf(error) === "ENOENT") {
      walk.skipped.push({ path: directory, reason: "its name is not UTF-8, or it vanished" });
    } else {
      walk.unreadable.push({ path: directory, reason: failure.reason });
    }
    return [];
  }
}

function reasonToSkip(entry: Dirent, atTop: boolean): string | undefined {
  if (entry.isSymbolicLink()) return "a symbolic link";
  if (atTop && entry.name.startsWith(".")) return "a hidden name";
  if (atTop && entry.name === lostAndFound) return "the filesystem's own";
  if (entry.isDirectory()) return undefined;
  if (!entry.isFile()) return "not a regular file";
  return entry.name.endsWith(envelopeExtension) ? undefined : "not a resource";
}

function reasonOf(error: unknown): string {
  return fsError(error, "read it").reason;
}

function byPath(a: { readonly path: string }, b: { readonly path: string }): number {
  return a.path < b.path ? -1 : a.path > b.path ? 1 : 0;
}
