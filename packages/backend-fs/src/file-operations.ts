/** Every operation that changes the tree (the lock file is root-lock.ts's own), one by one: the seam where tests record, fail and stop. */

import { constants } from "node:fs";
import { type FileHandle, mkdir, open, rename, rm, rmdir, unlink } from "node:fs/promises";

/** An open file or directory. */
export interface OpenFile {
  readonly path: string;
  readonly handle: FileHandle;
}

/** The operations that `durable-tree.ts` is made of. None follows a symbolic link at the path's end. */
export interface FileOperations {
  /** Makes a file that was not there (EEXIST if it was) and opens it for writing. */
  create(path: string): Promise<OpenFile>;
  openDirectory(path: string): Promise<OpenFile>;
  write(file: OpenFile, bytes: Uint8Array): Promise<void>;
  /** fsync(2), of a directory too. */
  sync(file: OpenFile): Promise<void>;
  close(file: OpenFile): Promise<void>;
  rename(from: string, to: string): Promise<void>;
  unlink(path: string): Promise<void>;
  /** `mode` as for mkdir(2), less the umask. */
  makeDirectory(path: string, mode: number): Promise<void>;
  removeDirectory(path: string): Promise<void>;
  /** Removes a directory and all that is in it; one that is not there is no error. */
  removeTree(path: string): Promise<void>;
}

const { O_CREAT, O_DIRECTORY, O_EXCL, O_NOFOLLOW, O_RDONLY, O_WRONLY } = constants;

/** The operating system's own. */
export const fileOperations: FileOperations = {
  async create(path) {
    return { path, handle: await open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o666) };
  },
  async openDirectory(path) {
    return { path, handle: await open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW) };
  },
  async write(file, bytes) {
    await file.handle.writeFile(bytes);
  },
  async sync(file) {
    await file.handle.sync();
  },
  async close(file) {
    await file.handle.close();
  },
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
