/** Writes a file in place of what is there: at every instant, and after a crash, it is old or new and whole. */

import { randomUUID } from "node:crypto";
import { constants, type Stats } from "node:fs";
import { type FileHandle, lstat, mkdir, open, rename, unlink } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { errnoOf, ioError } from "./file-error.ts";

/** An open file or directory. */
export type OpenFile = Pick<FileHandle, "writeFile" | "chmod" | "sync" | "close">;

/** What replacing a file is made of: the seam where tests record, fail and stop. */
export interface FileCalls {
  readonly lstat: (path: string) => Promise<Stats>;
  readonly mkdir: (path: string) => Promise<unknown>;
  readonly open: (path: string, flags: number, mode?: number) => Promise<OpenFile>;
  readonly rename: (from: string, to: string) => Promise<void>;
  readonly unlink: (path: string) => Promise<void>;
}

const nodeCalls: FileCalls = { lstat, mkdir, open, rename, unlink };
const { O_CREAT, O_DIRECTORY, O_EXCL, O_NOFOLLOW, O_RDONLY, O_WRONLY } = constants;

/** A new file is its owner's alone: a store may hold secrets. */
const newFileMode = 0o600;

/**
 * Writes a temporary file beside the path, fsyncs it, renames it and fsyncs the directory. Missing
 * directories are made and fsynced into their parents. A file that is replaced passes its permissions
 * on; a symbolic link is replaced, not followed.
 *
 * After an error there is no temporary file (after a kill there may be one: `.engenho-….tmp`), and the
 * old file is as it was, unless the last fsync failed.
 *
 * @throws CatalogSnapshotError `io`.
 */
export async function replaceFile(
  path: string,
  bytes: Uint8Array,
  calls: FileCalls = nodeCalls,
): Promise<void> {
  const target = resolve(path);
  const directory = dirname(target);
  await makeDirectory(directory, calls);
  // The name has nothing of the target's, which may be as long as names can be.
  const temporary = join(directory, `.engenho-${randomUUID()}.tmp`);
  await calling("replace it", async () => {
    await createFile(temporary, bytes, await modeOf(target, calls), calls);
    try {
      await changing(directory, () => calls.rename(temporary, target), calls);
    } catch (error) {
      await calls.unlink(temporary).catch(() => undefined); // gone already if it was renamed
      throw error;
    }
  });
}

async function createFile(
  path: string,
  bytes: Uint8Array,
  mode: number,
  calls: FileCalls,
): Promise<void> {
  const flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW;
  const file = await calls.open(path, flags, newFileMode);
  try {
    try {
      await file.writeFile(bytes);
      if (mode !== newFileMode) await file.chmod(mode);
      await file.sync();
    } finally {
      await file.close();
    }
  } catch (error) {
    await calls.unlink(path).catch(() => undefined);
    throw error;
  }
}

async function modeOf(path: string, calls: FileCalls): Promise<number> {
  const there = await lookAt(path, calls);
  return there?.isFile() === true ? there.mode & 0o777 : newFileMode;
}

async function lookAt(path: string, calls: FileCalls): Promise<Stats | undefined> {
  try {
    return await calls.lstat(path);
  } catch (error) {
    if (errnoOf(error) === "ENOENT") return undefined;
    throw error;
  }
}

/** Makes a directory and those that it lies in, as far as they are missing; each is durable in its parent. */
async function makeDirectory(directory: string, calls: FileCalls): Promise<void> {
  const parent = dirname(directory);
  try {
    // What is there and is no directory is found out by whoever uses it.
    if ((await lookAt(directory, calls)) !== undefined) return;
    if (parent !== directory) await makeDirectory(parent, calls);
    await changing(parent, () => calls.mkdir(directory), calls);
  } catch (error) {
    // Another process may have made it meanwhile.
    if (errnoOf(error) !== "EEXIST") throw ioError(error, `make the directory ${directory}`);
  }
}

/** Makes a change in a directory and fsyncs it, opened before so that only fsync can fail after the change. */
async function changing(
  directory: string,
  change: () => Promise<unknown>,
  calls: FileCalls,
): Promise<void> {
  const opened = await calls.open(directory, O_RDONLY | O_DIRECTORY);
  try {
    await change();
    await calling(`fsync ${directory}`, () => opened.sync());
  } finally {
    await opened.close().catch(() => undefined); // nothing was written through it
  }
}

async function calling(action: string, act: () => Promise<void>): Promise<void> {
  try {
    await act();
  } catch (error) {
    throw ioError(error, action);
  }
}
