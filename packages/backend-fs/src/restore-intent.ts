/** Replaces the whole tree: stage it aside, commit by renaming one intent file, roll forward, however often. */

import { access, constants } from "node:fs/promises";
import { join, posix } from "node:path";
import { BackendError, type StoreFailedError } from "@engenho/sdk";
import type { NewFile } from "./commit/job.ts";
import type { DurableTree } from "./durable-tree.ts";
import { errnoOf } from "./errno.ts";
import { fsError } from "./fs-error.ts";
import { forEachLimited } from "./for-each-limited.ts";
import { isTreePath, restoreDirectory } from "./own-directories.ts";
import { readRegularFile } from "./read-regular-file.ts";

/** There from when a restore is decided until it is carried out. */
export const intentFile: string = `${restoreDirectory}/intent.json`;
const undecidedIntentFile = `${intentFile}.tmp`;
const intentVersion = 1;
const maxIntentBytes = 1024 ** 3;
const filesAtOnce = 16;

/** What a restore does once it is decided. Paths are relative to the root, with `/`. */
export interface RestoreIntent {
  readonly version: typeof intentVersion;
  /** Where each staged file goes, by its number. */
  readonly put: readonly string[];
  readonly remove: readonly string[];
}

/**
 * Makes `files` and nothing else of `managed` the tree's content, old-or-new at every instant.
 *
 * @param managed The paths of everything that is ours now; files beside them stay.
 * @throws BackendError if nothing was changed, StoreFailedError once the restore was decided.
 */
export async function replaceTree(
  tree: DurableTree,
  files: readonly NewFile[],
  managed: Iterable<string>,
): Promise<void> {
  const put = files.map(({ path }) => path);
  const kept = new Set(put);
  const remove = [...managed].filter((path) => !kept.has(path));
  const intent: RestoreIntent = { version: intentVersion, put, remove };
  await checkPlaces(tree, intent);
  try {
    // Before it is decided: on a full disk the restore must fail, and not the store.
    await tree.makeParents(put);
    await stage(tree, files, intent);
    await commit(tree);
  } catch (error) {
    if (await tree.hasFile(intentFile).catch(() => true)) throw failedAfterCommit(tree, error);
    await discardStaged(tree);
    throw error;
  }
  try {
    await rollForward(tree, intent);
  } catch (error) {
    throw failedAfterCommit(tree, error);
  }
}

/** Finishes the restore that was decided before the root was last closed, or clears away one that was not. */
export async function recoverRestore(tree: DurableTree): Promise<void> {
  if (!(await tree.hasDirectory(restoreDirectory))) return;
  const intent = await readIntent(tree);
  if (intent === undefined) return tree.removeDirectory(restoreDirectory);
  try {
    // Whoever decided may have ended before that was durable: were it lost now, what follows would be half a restore.
    await tree.syncDirectories([restoreDirectory, "."]);
    await rollForward(tree, intent);
  } catch (error) {
    throw withAdvice(tree, error);
  }
}

/** Why a restore that was decided would be refused to this user; undefined if nothing is in its way. */
export async function refusedRestore(
  tree: DurableTree,
  intent: RestoreIntent,
): Promise<BackendError | undefined> {
  try {
    await checkPlaces(tree, intent);
    return undefined;
  } catch (error) {
    return withAdvice(tree, fsError(error, `finish the restore in ${tree.root}`));
  }
}

/** What the system refuses can be mended, and then the restore goes on; damage says by itself what to do. */
function withAdvice<T>(tree: DurableTree, error: T): T | BackendError {
  if (!BackendError.is(error) || error.code === "corrupt") return error;
  const { code, reason, outcome, cause } = error;
  const restore = `a restore was decided (${tree.absolute(intentFile)}) and waits for this`;
  const advice = "mend it, and the next open finishes the restore";
  return new BackendError(code, `${reason}; ${restore}: ${advice}`, { outcome, cause });
}

/** Finds what is in the way, or not allowed, while it can still be refused. */
async function checkPlaces(tree: DurableTree, intent: RestoreIntent): Promise<void> {
  const directories = new Map<string, boolean>();
  const device = await deviceOf(tree, ".");
  for (const path of [...intent.put, ...intent.remove]) {
    const directory = posix.dirname(path);
    let there = directories.get(directory);
    if (there === undefined) {
      there = await tree.hasDirectory(directory);
      directories.set(directory, there);
      if (there) await checkWritable(tree.absolute(directory));
      if ((await deviceOf(tree, directory)) !== device) throw elsewhere(tree, directory);
    }
    if (there) await tree.hasFile(path);
  }
}

async function checkWritable(directory: string): Promise<void> {
  try {
    await access(directory, constants.W_OK | constants.X_OK);
  } catch (error) {
    throw fsError(error, `write in the directory ${directory}`);
  }
}

/** Which filesystem a directory is on, or will be once it is made. */
async function deviceOf(tree: DurableTree, directory: string): Promise<string | undefined> {
  const identity = await tree.identify(directory);
  if (identity === undefined && directory !== ".") return deviceOf(tree, posix.dirname(directory));
  return identity?.split(":")[0];
}

function elsewhere(tree: DurableTree, directory: string): BackendError {
  const what = `the directory ${tree.absolute(directory)} is on another filesystem than the root`;
  const reason = `${what}: a restore cannot move files there; unmount what is mounted in the root`;
  return new BackendError("unsupported", reason, { outcome: "none" });
}

/** Everything of the restore on the disk, the intent under a temporary name. */
async function stage(
  tree: DurableTree,
  files: readonly NewFile[],
  intent: RestoreIntent,
): Promise<void> {
  await tree.clearDirectory(restoreDirectory);
  const staged = files.map(({ path, ...file }, number) => ({
    ...file,
    path: stagedFile(number),
    purpose: path,
  }));
  await tree.createFiles(staged);
  const decision = new TextEncoder().encode(JSON.stringify(intent));
  await tree.createFiles([{ path: undecidedIntentFile, bytes: decision }]);
  // Whenever the intent is there, the names of the staged files must be, and the directory of both.
  await tree.syncDirectories([restoreDirectory, "."]);
}

/** The switch from the old tree to the new. */
async function commit(tree: DurableTree): Promise<void> {
  await tree.moveFile(undecidedIntentFile, intentFile);
}

/** Every step may have been done before: a staged file that is gone has arrived. */
async function rollForward(tree: DurableTree, intent: RestoreIntent): Promise<void> {
  await tree.makeParents(intent.put);
  const touched = new Set<string>();
  await forEachLimited(intent.put.entries(), filesAtOnce, async ([number, path]) => {
    const moved = await tree.renameIfThere(stagedFile(number), path);
    if (!moved && !(await tree.hasFile(path)))
      throw damagedIntent(tree.absolute(stagedFile(number)));
    touched.add(posix.dirname(path));
  });
  await tree.syncDirectories(touched);
  await tree.removeFiles(intent.remove);
  // The intent must be gone for good before any later write, which it would undo.
  await tree.removeFiles([intentFile]);
  await discardStaged(tree);
}

/** What is left without an intent means nothing, and is cleared away at the latest by the next open. */
async function discardStaged(tree: DurableTree): Promise<void> {
  await tree.removeDirectory(restoreDirectory).catch(() => undefined);
}

function stagedFile(number: number): string {
  return `${restoreDirectory}/${number}`;
}

/** What was decided and not finished; undefined for nothing. @throws BackendError `corrupt`. */
export async function readIntent(tree: DurableTree): Promise<RestoreIntent | undefined> {
  const path = join(tree.root, intentFile);
  let bytes: Uint8Array;
  try {
    ({ bytes } = await readRegularFile(path, maxIntentBytes));
  } catch (error) {
    if (errnoOf(error) === "ENOENT") return undefined;
    throw fsError(error, `read ${path}`);
  }
  try {
    const intent: unknown = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
    if (isIntent(intent)) return intent;
  } catch (error) {
    throw damagedIntent(path, error);
  }
  throw damagedIntent(path);
}

function isIntent(value: unknown): value is RestoreIntent {
  if (typeof value !== "object" || value === null) return false;
  const { version, put, remove } = value as Partial<Record<keyof RestoreIntent, unknown>>;
  if (version !== intentVersion || !Array.isArray(put) || !Array.isArray(remove)) return false;
  const paths: readonly unknown[] = [...put, ...remove];
  return paths.every(isTreePath) && new Set(paths).size === paths.length;
}

function damagedIntent(path: string, cause?: unknown): BackendError {
  const advice =
    "a restore was decided and cannot be finished; put the file right or restore from a snapshot into a new root";
  return new BackendError("corrupt", `${path} is missing or damaged: ${advice}`, { cause });
}

function failedAfterCommit(tree: DurableTree, error: unknown): StoreFailedError {
  const reason = error instanceof Error ? error.message : String(error);
  return tree.fail(
    `the restore was decided and is finished when the store is opened anew: ${reason}`,
    error,
  );
}
