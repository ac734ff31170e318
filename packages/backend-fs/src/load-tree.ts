/** Reads everything that a root holds: what can be read as a resource, what cannot, and what is not ours. */

import { join } from "node:path";
import {
  checkReference,
  decodeEnvelope,
  defaultCapabilities,
  type StoredEntry,
} from "@engenho/sdk";
import { errnoOf } from "./errno.ts";
import { fsError, isExhaustion } from "./fs-error.ts";
import { forEachLimited } from "./for-each-limited.ts";
import { envelopeExtension, storePath } from "./layout.ts";
import { lockFile } from "./root-lock.ts";
import { metaFile } from "./meta-file.ts";
import type { OpenProgress } from "./open-report.ts";
import { journalDirectory, restoreDirectory, temporaryDirectory } from "./own-directories.ts";
import { type UnpackedFile, unpackFiles } from "./reading/file-pack.ts";
import type { Listing } from "./reading/listing.ts";
import { readError } from "./reading/read-error.ts";
import type { TreeReader } from "./reading/tree-reader.ts";
import { revisionOf } from "./revision-clock.ts";

/** A file that holds a resource; its envelope, not its path, says which. */
export interface FoundFile extends StoredEntry {
  readonly path: string;
  /** Whether this release would put it elsewhere. */
  readonly isStray: boolean;
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

/** Who is told of what is read, while it is. */
interface LoadObservers {
  /** Called with all directories that were listed, the root included, before any file is read. */
  readonly onListed?: (directories: Iterable<string>) => Promise<void>;
  /** Called when all files are found, after each 1,000 that are read, and at the end. */
  readonly onProgress?: ((progress: OpenProgress) => void) | undefined;
  /** Called for each resource: what is done here keeps nobody waiting. */
  readonly onFile?: (file: FoundFile) => void;
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
/** How many files are asked for at once: a message has its price, and so has a long turn of the event loop. */
const filesOfARequest = 256;
/** Whoever reads from a disk that knows nothing by heart waits for it: four at once are served together. */
const requestsAtOnce = 4;
/** How many files are worth one more thread. */
const filesOfAThread = 50_000;

/**
 * Reads a tree. Symbolic links are not followed, names at the top that begin with `.` are not ours, and
 * nothing is changed. Kinds that begin with `_` are encoded today, and were not by others.
 *
 * @param maxBytes The size from which a file is not read but damaged.
 */
export async function loadTree(
  root: string,
  reader: TreeReader,
  maxBytes: number,
  { onListed, onProgress = () => {}, onFile = () => {} }: LoadObservers = {},
): Promise<FoundTree> {
  const walk = await walkTree(root, reader);
  await onListed?.(listedOf(walk));
  const files: FoundFile[] = [];
  const damaged: FoundProblem[] = [];
  const skipped = walk.skipped;
  const count = walk.envelopes.reduce((sum, { names }) => sum + names.length, 0);
  let read = 0;
  const take = (path: string, file: UnpackedFile): void => {
    try {
      const found = foundFile(path, file);
      files.push(found);
      onFile(found);
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
    if (++read % progressStep === 0 && read < count) onProgress({ found: count, read });
  };
  onProgress({ found: count, read });
  await forEachLimited(
    requestsFor(walk.envelopes),
    Math.min(requestsAtOnce, Math.ceil(count / filesOfAThread)),
    async ({ directory, names }) => {
      for (let at = 0; at < names.length;) {
        const pack = await reader.read(directory, names.slice(at), maxBytes);
        for (const file of unpackFiles(pack)) take(pathIn(directory, names[at++] ?? ""), file);
      }
    },
  );
  if (count > 0) onProgress({ found: count, read });
  for (const list of [damaged, walk.unreadable, skipped]) list.sort(byPath);
  const items = skipped.slice(0, listedSkips);
  return { files, damaged, unreadable: walk.unreadable, skipped: { count: skipped.length, items } };
}

function* requestsFor(groups: readonly FileGroup[]): Iterable<FileGroup> {
  for (const { directory, names } of groups) {
    for (let at = 0; at < names.length; at += filesOfARequest)
      yield { directory, names: names.slice(at, at + filesOfARequest) };
  }
}

/** @throws What was the matter with the file. */
function foundFile(path: string, { bytes, modified, checksum, problem }: UnpackedFile): FoundFile {
  if (problem !== undefined) throw readError(problem);
  const ref = checkReference(decodeEnvelope(bytes).ref);
  const revision = revisionOf(modified, checksum);
  return { path, ref, envelope: bytes, modified, revision, isStray: path !== storePath(ref) };
}

/** Whether a path may be a resource's, by its name. */
export function mayBeResource(path: string): boolean {
  const [top = ""] = path.split("/");
  const isOurs = !ownNames.has(top) && !top.startsWith(".") && top !== lostAndFound;
  return isOurs && path.endsWith(envelopeExtension);
}

/** Files of one directory. */
interface FileGroup {
  /** "." is the root. */
  readonly directory: string;
  readonly names: readonly string[];
}

/** What lies below a root, by name. */
interface Walk {
  readonly envelopes: FileGroup[];
  /** All that were found, the root aside. */
  readonly directories: string[];
  readonly unreadable: FoundProblem[];
  readonly skipped: FoundProblem[];
}

function* listedOf({ directories, unreadable }: Walk): Iterable<string> {
  const unlisted = new Set(unreadable.map(({ path }) => path));
  yield ".";
  for (const directory of directories) if (!unlisted.has(directory)) yield directory;
}

/** Lists a tree as {@link loadTree} does, and reads nothing. */
export async function walkTree(root: string, reader: TreeReader): Promise<Walk> {
  const walk: Walk = { envelopes: [], directories: [], unreadable: [], skipped: [] };
  let level: string[] = ["."];
  while (level.length > 0) {
    const next: string[] = [];
    await forEachLimited(level, requestsAtOnce, async (directory) => {
      const listing = await listDirectory(root, reader, directory, walk);
      if (listing === undefined) return;
      for (const below of sortOut(directory, listing, walk)) next.push(below);
    });
    for (const directory of next) walk.directories.push(directory);
    level = next;
  }
  return walk;
}

async function listDirectory(
  root: string,
  reader: TreeReader,
  directory: string,
  walk: Walk,
): Promise<Listing | undefined> {
  try {
    const listing = await reader.list(directory);
    return directory === "." ? withoutOwn(listing) : listing;
  } catch (error) {
    const failure = fsError(error, `list ${join(root, directory)}`);
    if (directory === "." || isExhaustion(error)) throw failure;
    if (errnoOf(error) === "ENOENT") {
      walk.skipped.push({ path: directory, reason: "its name is not UTF-8, or it vanished" });
    } else {
      walk.unreadable.push({ path: directory, reason: failure.reason });
    }
    return undefined;
  }
}

/** What lies at the top, without what this package has put there. */
function withoutOwn({ directories, files, links, others }: Listing): Listing {
  const foreign = (names: readonly string[]): string[] =>
    names.filter((name) => !ownNames.has(name));
  return {
    directories: foreign(directories),
    files: foreign(files),
    links: foreign(links),
    others: foreign(others),
  };
}

/** Notes what a directory has, and gives the directories in it. */
function sortOut(directory: string, listing: Listing, walk: Walk): readonly string[] {
  const skip = (name: string, reason: string): void =>
    void walk.skipped.push({ path: pathIn(directory, name), reason });
  const isAdmitted = (name: string): boolean => {
    const reason = directory === "." ? reasonToSkip(name) : undefined;
    if (reason !== undefined) skip(name, reason);
    return reason === undefined;
  };
  for (const name of listing.links) skip(name, "a symbolic link");
  for (const name of listing.others) if (isAdmitted(name)) skip(name, "not a regular file");
  const names = listing.files.filter((name) => {
    if (!isAdmitted(name)) return false;
    if (!name.endsWith(envelopeExtension)) skip(name, "not a resource");
    return name.endsWith(envelopeExtension);
  });
  if (names.length > 0) walk.envelopes.push({ directory, names });
  return listing.directories.filter(isAdmitted).map((name) => pathIn(directory, name));
}

/** Where a name of a directory lies in the tree. */
export function pathIn(directory: string, name: string): string {
  return directory === "." ? name : `${directory}/${name}`;
}

/** Why a name at the top is not looked at, whatever it stands for. */
function reasonToSkip(name: string): string | undefined {
  if (name.startsWith(".")) return "a hidden name";
  return name === lostAndFound ? "the filesystem's own" : undefined;
}

function reasonOf(error: unknown): string {
  return fsError(error, "read it").reason;
}

function byPath(a: { readonly path: string }, b: { readonly path: string }): number {
  return a.path < b.path ? -1 : a.path > b.path ? 1 : 0;
}
