/** One process per root: a kernel lock on `{root}/_lock`, gone with the process however it ends. */

import { close, constants, fchown, fstat, ftruncate, lstat, open, read, write } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { BackendError } from "@engenho/sdk";
import { tryLock } from "fs-native-extensions";
import { identityOf } from "./file-operations.ts";
import { errnoOf } from "./errno.ts";
import { fsError } from "./fs-error.ts";

/** The file whose lock stands for the root. It is never unlinked: a second one could be locked beside it. */
export const lockFile = "_lock";

/** A root that is ours. */
export interface RootLock {
  /**
   * Locks another file of the store as well, once: whoever moves `_lock` away, and opens a store over a new
   * one, meets this. A file that this user cannot write to cannot be locked, and is let go.
   *
   * @throws BackendError `locked` if another handle has it, or ours has lost its `_lock` meanwhile.
   */
  holdToo(name: string): Promise<void>;
  /** Lets others open the root. Idempotent. */
  release(): Promise<void>;
}

/** A lock file that a handle of this process has. */
interface HeldFile {
  readonly identity: string;
}

const heldHere = new Set<HeldFile>();

const openFlags = constants.O_RDWR | constants.O_NOFOLLOW | constants.O_NONBLOCK;

// A bare descriptor, not a FileHandle: garbage collection closes those, and the lock with it.
const openFile = promisify(open);
const closeFile = promisify(close);

/**
 * Locks a root for this handle alone; other handles of this process are excluded as well.
 *
 * @throws BackendError `locked` if another one holds it, `conflict` if `_lock` is not a regular file.
 */
export async function lockRoot(root: string): Promise<RootLock> {
  const path = join(root, lockFile);
  let descriptor: number;
  try {
    descriptor = await openOrMake(path, root);
  } catch (error) {
    throw fsError(error, `open the lock file ${path}`);
  }
  let held: HeldFile;
  try {
    held = await takeLock(descriptor, path, root);
  } catch (error) {
    await closeFile(descriptor);
    throw error;
  }
  const descriptors = [descriptor];
  let released: Promise<void> | undefined;
  return {
    async holdToo(name) {
      const other = await openToHold(join(root, name));
      if (other === undefined) return;
      descriptors.push(other);
      if (!tryLockFile(other, join(root, name))) throw openElsewhere(root);
      await assertStillNamed(descriptor, path);
    },
    release: () => (released ??= closeAll(descriptors).finally(() => heldHere.delete(held))),
  };
}

async function openOrMake(path: string, root: string): Promise<number> {
  try {
    return await openFile(path, openFlags);
  } catch (error) {
    if (errnoOf(error) !== "ENOENT") throw error;
  }
  try {
    const made = await openFile(path, openFlags | constants.O_CREAT | constants.O_EXCL, 0o666);
    await giveToOwner(made, root);
    return made;
  } catch (error) {
    if (errnoOf(error) !== "EEXIST") throw error;
    return openFile(path, openFlags);
  }
}

/**
 * A lock file that root leaves in a directory of somebody else would keep that one from opening the store. Where it
 * cannot be given away, the lock holds all the same.
 */
async function giveToOwner(descriptor: number, root: string): Promise<void> {
  if (process.geteuid?.() !== 0) return;
  try {
    const { uid, gid } = await promisify(lstat)(root);
    if (uid !== 0) await promisify(fchown)(descriptor, uid, gid);
  } catch {
    return;
  }
}

async function closeAll(descriptors: readonly number[]): Promise<void> {
  // The lock file last: whoever gets it must find the others free.
  for (const descriptor of descriptors.toReversed()) await closeFile(descriptor);
}

async function openToHold(path: string): Promise<number | undefined> {
  try {
    return await openFile(path, openFlags);
  } catch (error) {
    if (["EACCES", "EPERM", "EROFS"].includes(errnoOf(error) ?? "")) return undefined;
    throw fsError(error, `open ${path}`);
  }
}

function openElsewhere(root: string): BackendError {
  const what = `its ${lockFile} was moved away while it was`;
  return new BackendError("locked", `the store ${root} is open already, and ${what}`);
}

/** Gives what {@link heldHere} has from then on. */
async function takeLock(descriptor: number, path: string, root: string): Promise<HeldFile> {
  const opened = await promisify(fstat)(descriptor, { bigint: true });
  if (!opened.isFile())
    throw new BackendError("conflict", `the lock file ${path} is not a regular file`);
  const identity = identityOf(opened);
  if (!tryLockFile(descriptor, path)) {
    const holder = await readHolder(descriptor);
    throw new BackendError(
      "locked",
      `the store ${root} is open in ${describeHolder(identity, holder)}`,
    );
  }
  await assertStillNamed(descriptor, path);
  const held = { identity };
  heldHere.add(held);
  await writeHolder(descriptor);
  return held;
}

function tryLockFile(descriptor: number, path: string): boolean {
  try {
    return tryLock(descriptor);
  } catch (error) {
    throw fsError(error, `lock ${path}`);
  }
}

/** The lock is worth nothing once its file is not the one that others will find. */
async function assertStillNamed(descriptor: number, path: string): Promise<void> {
  const opened = await promisify(fstat)(descriptor, { bigint: true });
  const named = await promisify(lstat)(path, { bigint: true }).catch((error: unknown) => {
    if (errnoOf(error) === "ENOENT") return undefined;
    throw fsError(error, `look at the lock file ${path}`);
  });
  if (named?.dev !== opened.dev || named.ino !== opened.ino) {
    throw new BackendError(
      "locked",
      `the lock file ${path} was replaced while it was being locked`,
    );
  }
}

const holderPattern = /^([0-9]{1,10})\n$/;

/** Who holds the lock, as far as the file tells. */
async function readHolder(descriptor: number): Promise<string | undefined> {
  return holderPattern.exec(await readStart(descriptor).catch(() => ""))?.[1];
}

/** Numbers of processes repeat in containers and are those of threads as well: they alone do not say that it is us. */
function describeHolder(identity: string, holder: string | undefined): string {
  if ([...heldHere].some((held) => held.identity === identity))
    return `this process (${process.pid}), by another handle`;
  if (holder === undefined) return "another process";
  if (holder !== String(process.pid)) return `process ${holder}`;
  return `another thread or container, where the process is number ${holder} too`;
}

/** Leaves our process number for {@link readHolder}. The lock holds without it, so failures are let go. */
async function writeHolder(descriptor: number): Promise<void> {
  try {
    const found = await readStart(descriptor);
    if (found !== "" && !holderPattern.test(found)) return; // somebody's file: not ours to overwrite
    await promisify(ftruncate)(descriptor, 0);
    await promisify(write)(
      descriptor,
      new TextEncoder().encode(`${process.pid}\n`),
      0,
      undefined,
      0,
    );
  } catch {
    return;
  }
}

async function readStart(descriptor: number): Promise<string> {
  const bytes = new Uint8Array(16);
  const { bytesRead } = await promisify(read)(descriptor, bytes, 0, bytes.length, 0);
  return new TextDecoder().decode(bytes.subarray(0, bytesRead));
}
