/** One process per root: a kernel lock on `{root}/_lock`, gone with the process however it ends. */

import { close, constants, fstat, ftruncate, lstat, open, read, write } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { BackendError } from "@engenho/sdk";
import { tryLock } from "fs-native-extensions";
import { errnoOf, fsError } from "./fs-error.ts";

/** The file whose lock stands for the root. It is never unlinked: a second one could be locked beside it. */
export const lockFile = "_lock";

/** A root that is ours. */
export interface RootLock {
  /** Lets others open the root. Idempotent. */
  release(): Promise<void>;
}

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
  const { O_CREAT, O_NOFOLLOW, O_NONBLOCK, O_RDWR } = constants;
  let descriptor: number;
  try {
    descriptor = await openFile(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK, 0o666);
  } catch (error) {
    throw fsError(error, `open the lock file ${path}`);
  }
  try {
    await takeLock(descriptor, path, root);
  } catch (error) {
    await closeFile(descriptor);
    throw error;
  }
  let released: Promise<void> | undefined;
  return { release: () => (released ??= closeFile(descriptor)) };
}

async function takeLock(descriptor: number, path: string, root: string): Promise<void> {
  const opened = await promisify(fstat)(descriptor, { bigint: true });
  if (!opened.isFile())
    throw new BackendError("conflict", `the lock file ${path} is not a regular file`);
  let locked: boolean;
  try {
    locked = tryLock(descriptor);
  } catch (error) {
    throw fsError(error, `lock ${path}`);
  }
  if (!locked) {
    const holder = await readHolder(descriptor);
    const who = holder === undefined ? "another process" : `process ${holder}`;
    throw new BackendError("locked", `the store ${root} is open in ${who}`);
  }
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
  await writeHolder(descriptor);
}

const holderPattern = /^([0-9]{1,10})\n$/;

/** Who holds the lock, as far as the file tells. */
async function readHolder(descriptor: number): Promise<string | undefined> {
  return holderPattern.exec(await readStart(descriptor).catch(() => ""))?.[1];
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
