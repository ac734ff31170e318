/** Every operation that changes the tree (the lock file is root-lock.ts's own), one by one: the seam where tests record, fail and stop. */

import * as fs from "node:fs";
import { lstat, mkdir, rename, rm, rmdir, unlink } from "node:fs/promises";
import { promisify } from "node:util";

/** An open file or directory. */
export interface OpenFile {
  readonly path: string;
  readonly descriptor: number;
}

/** What a name stands for. */
export type FoundKind = "a file" | "a directory" | "a symbolic link" | "something else";

/** The operations that writes are made of. None follows a symbolic link at the path's end. */
export interface FileOperations {
  /** What is there; undefined for nothing. */
  look(path: string): Promise<FoundKind | undefined>;
  /** Which file it is, `device:inode`; undefined for nothing. */
  identify(path: string): Promise<string | undefined>;
  /** Makes a file that was not there (EEXIST if it was) and opens it for writing. */
  create(path: string): Promise<OpenFile>;
  openDirectory(path: string): Promise<OpenFile>;
  /** Opens a file that is there, not to be written to. */
  openFile(path: string): Promise<OpenFile>;
  /** Opens a file that is there. */
  openToWrite(path: string): Promise<OpenFile>;
  write(file: OpenFile, bytes: Uint8Array): Promise<void>;
  /** Writes all of it at a position. */
  writeAt(file: OpenFile, bytes: Uint8Array, position: number): Promise<void>;
  truncate(file: OpenFile, length: number): Promise<void>;
  /** Its bytes. */
  lengthOf(file: OpenFile): Promise<number>;
  /** Sets the time of modification, in whole microseconds since 1970; EOVERFLOW if another one is kept. */
  setModified(file: OpenFile, microseconds: number): Promise<void>;
  /** fsync(2), of a directory too. */
  sync(file: OpenFile): Promise<void>;
  /** fdatasync(2): the bytes of a file and its length, but not its times. */
  syncData(file: OpenFile): Promise<void>;
  close(file: OpenFile): Promise<void>;
  rename(from: string, to: string): Promise<void>;
  unlink(path: string): Promise<void>;
  /** `mode` as for mkdir(2), less the umask. */
  makeDirectory(path: string, mode: number): Promise<void>;
  removeDirectory(path: string): Promise<void>;
  /** Removes a directory and all that is in it; one that is not there is no error. */
  removeTree(path: string): Promise<void>;
}

const { O_CREAT, O_DIRECTORY, O_EXCL, O_NOFOLLOW, O_NONBLOCK, O_RDONLY, O_WRONLY } = fs.constants;

/** The flags of {@link FileOperations.create}. */
export const createFlags: number = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW;
/** The flags of {@link FileOperations.openToWrite}. */
export const writeFlags: number = O_WRONLY | O_NOFOLLOW | O_NONBLOCK;
/** The flags of {@link FileOperations.openFile}: a fifo in its place does not hang. */
export const fileFlags: number = O_RDONLY | O_NOFOLLOW | O_NONBLOCK;
/** The flags of {@link FileOperations.openDirectory}. */
export const directoryFlags: number = O_RDONLY | O_DIRECTORY | O_NOFOLLOW;

const open = promisify(fs.open);
const sync = promisify(fs.fsync);
const syncData = promisify(fs.fdatasync);
const close = promisify(fs.close);
const setTimes = promisify(fs.futimes);
const stat = promisify(fs.fstat);
const truncate = promisify(fs.ftruncate);
const write = promisify(fs.write);
const writeFile = promisify(fs.writeFile);

/** The operating system's own. */
export const fileOperations: FileOperations = {
  async look(path) {
    try {
      return kindOf(await lstat(path));
    } catch (error) {
      return nothingIfMissing(error);
    }
  },
  async identify(path) {
    try {
      return identityOf(await lstat(path, { bigint: true }));
    } catch (error) {
      return nothingIfMissing(error);
    }
  },
  async create(path) {
    return { path, descriptor: await open(path, createFlags, 0o666) };
  },
  async openDirectory(path) {
    return { path, descriptor: await open(path, directoryFlags) };
  },
  async openFile(path) {
    return { path, descriptor: await open(path, fileFlags) };
  },
  async openToWrite(path) {
    return { path, descriptor: await open(path, writeFlags) };
  },
  async writeAt(file, bytes, position) {
    for (let at = 0; at < bytes.length;) {
      const { bytesWritten } = await write(
        file.descriptor,
        bytes,
        at,
        bytes.length - at,
        position + at,
      );
      at += bytesWritten;
    }
  },
  truncate: (file, length) => truncate(file.descriptor, length),
  lengthOf: async (file) => (await stat(file.descriptor)).size,
  async write(file, bytes) {
    await writeFile(file.descriptor, bytes);
  },
  async setModified(file, microseconds) {
    const seconds = secondsOf(microseconds);
    await setTimes(file.descriptor, seconds, seconds);
    assertTaken(await stat(file.descriptor, { bigint: true }), microseconds);
  },
  sync: (file) => sync(file.descriptor),
  syncData: (file) => syncData(file.descriptor),
  close: (file) => close(file.descriptor),
  rename,
  unlink,
  async makeDirectory(path, mode) {
    await mkdir(path, { mode });
  },
  removeDirectory: rmdir,
  async removeTree(path) {
    await rm(path, { recursive: true, force: true });
  },
};

/** What stat(2) says, in a word. */
export function kindOf(found: fs.Stats): FoundKind {
  if (found.isFile()) return "a file";
  if (found.isDirectory()) return "a directory";
  return found.isSymbolicLink() ? "a symbolic link" : "something else";
}

/** What tells a file from any other that is there at the same time. */
export function identityOf({ dev, ino }: fs.BigIntStats): string {
  return `${dev}:${ino}`;
}

/** Undefined for an error that says that there is nothing; any other is thrown. */
function nothingIfMissing(error: unknown): undefined {
  if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
  throw error;
}

/** In the year 2096, in microseconds: a double of seconds has no microseconds left from 2106 on. */
export const latestTime = 4_000_000_000_000_000;

/** For utimes(2), which cuts off what a double has below a microsecond: the middle of it survives that. */
export function secondsOf(microseconds: number): number {
  return (microseconds + 0.5) / 1e6;
}

/** The time of modification, in whole microseconds since 1970. */
export function modifiedOf({ mtimeNs }: fs.BigIntStats): number {
  return Number(mtimeNs / 1000n);
}

/** A filesystem cuts off what it cannot keep, and says nothing. */
export function assertTaken(found: fs.BigIntStats, microseconds: number): void {
  if (modifiedOf(found) === microseconds) return;
  throw Object.assign(new Error("the time was set and is another"), { code: "EOVERFLOW" });
}
