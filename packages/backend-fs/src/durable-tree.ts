/** Changes to the files below a root, each durable once it resolves and nothing outside ever touched. */

import { lstat } from "node:fs/promises";
import { join, posix } from "node:path";
import { BackendError, type Outcome, StoreFailedError } from "@engenho/sdk";
import type { FileOperations, OpenFile } from "./file-operations.ts";
import { errnoOf, fsError, unlessMissing } from "./fs-error.ts";

/** Holds files under construction; emptied when the root is opened. */
export const temporaryDirectory = "_tmp";

/**
 * The tree below a root. Paths are relative to it, with `/`. Every parent is looked at before it is
 * used, so that no symbolic link leads out of the root.
 *
 * Errors: `BackendError` with the true outcome; `StoreFailedError` after a failed fsync, and from then on.
 */
export class DurableTree {
  readonly root: string;
  readonly #operations: FileOperations;
  /** Directories whose entry in their parent was fsynced since the root was opened. */
  readonly #durableDirectories = new Map<string, Promise<void>>();
  #temporaryFiles = 0;
  #failure: StoreFailedError | undefined;

  /** @param root Absolute, and no symbolic link. */
  constructor(root: string, operations: FileOperations) {
    this.root = root;
    this.#operations = operations;
  }

  /** Where a path lies for the system, and for messages. */
  absolute(path: string): string {
    return join(this.root, path);
  }

  /** Writes a file whole, in place of what was there: temporary file, fsync, rename, fsync of the directory. */
  async replaceFile(path: string, bytes: Uint8Array): Promise<void> {
    await this.makeParents(path);
    const temporary = `${temporaryDirectory}/${this.#temporaryFiles++}`;
    await this.makeParents(temporary);
    await this.createFile(temporary, bytes, path);
    try {
      await this.#changing([posix.dirname(path)], () => this.#rename(temporary, path));
    } catch (error) {
      await this.#discard(temporary);
      throw error;
    }
  }

  /** Writes a new file and fsyncs it; its entry in the directory is the caller's to fsync. */
  async createFile(path: string, bytes: Uint8Array, purpose: string = path): Promise<void> {
    this.assertSound();
    const action = `write ${this.absolute(purpose)}`;
    let file: OpenFile;
    try {
      file = await this.#operations.create(this.absolute(path));
    } catch (error) {
      throw fsError(error, action);
    }
    try {
      try {
        await this.#operations.write(file, bytes);
        await this.#sync(file);
      } finally {
        await this.#operations.close(file);
      }
    } catch (error) {
      await this.#discard(path);
      if (error instanceof StoreFailedError) throw error;
      throw fsError(error, action);
    }
  }

  /** Moves a file, over what is there; both directories are fsynced. */
  async moveFile(from: string, to: string): Promise<void> {
    await this.hasDirectory(posix.dirname(from));
    await this.makeParents(to);
    const directories = new Set([posix.dirname(to), posix.dirname(from)]);
    await this.#changing([...directories], () => this.#rename(from, to));
  }

  /**
   * Removes files; ones that are not there are no error.
   *
   * @param outcome Of an error before the first file is gone; `unknown` after that.
   */
  async removeFiles(paths: readonly string[], outcome: Outcome = "none"): Promise<void> {
    let reached: Outcome = outcome;
    for (const [directory, inDirectory] of groupByDirectory(paths)) {
      if (!(await this.hasDirectory(directory))) continue;
      await this.#changing([directory], async () => {
        for (const path of inDirectory) {
          await this.#unlink(path, reached);
          reached = "unknown";
        }
      });
    }
  }

  /** A rename whose directories the caller fsyncs; false if the source is not there. */
  async renameIfThere(from: string, to: string): Promise<boolean> {
    await this.makeParents(to);
    try {
      await this.#operations.rename(this.absolute(from), this.absolute(to));
      return true;
    } catch (error) {
      if (errnoOf(error) === "ENOENT") return false;
      throw fsError(error, `move ${this.absolute(from)} to ${this.absolute(to)}`);
    }
  }

  /** fsyncs a directory. */
  async syncDirectory(directory: string): Promise<void> {
    await this.#changing([directory], () => Promise.resolve());
  }

  /** Makes the directories that a path lies in, each durable in its parent. */
  async makeParents(path: string): Promise<void> {
    const directory = posix.dirname(path);
    if (directory === ".") return;
    await this.makeParents(directory);
    const there = await this.hasDirectory(directory);
    let durable = there ? this.#durableDirectories.get(directory) : undefined;
    if (durable === undefined) {
      durable = this.#establish(directory, there);
      this.#durableDirectories.set(directory, durable);
      durable.catch(() => this.#durableDirectories.delete(directory));
    }
    await durable;
  }

  /** Whether a directory is there; `conflict` if it or one that it lies in is anything else. */
  async hasDirectory(directory: string): Promise<boolean> {
    if (directory === ".") return true;
    if (!(await this.hasDirectory(posix.dirname(directory)))) return false;
    const found = await this.#look(directory);
    if (found === undefined) return false;
    if (found.isDirectory()) return true;
    throw this.#blocked(directory, found, "a directory of the store");
  }

  /** Whether a file is there, its directory given; `conflict` if it is anything but a regular file. */
  async hasFile(path: string): Promise<boolean> {
    const found = await this.#look(path);
    if (found === undefined) return false;
    if (found.isFile()) return true;
    throw this.#blocked(path, found, "a file of the store");
  }

  /** Makes a directory empty, new if need be. */
  async clearDirectory(directory: string): Promise<void> {
    try {
      await this.removeDirectory(directory);
      await this.#operations.makeDirectory(this.absolute(directory), 0o777);
    } catch (error) {
      throw fsError(error, `empty ${this.absolute(directory)}`);
    }
  }

  /** Removes a directory and all that is in it. */
  async removeDirectory(directory: string): Promise<void> {
    if (!(await this.hasDirectory(directory))) return;
    try {
      await this.#operations.removeTree(this.absolute(directory));
    } catch (error) {
      throw fsError(error, `remove ${this.absolute(directory)}`);
    }
  }

  /** Removes the directory of temporary files unless something is in it. Never throws. */
  async leave(): Promise<void> {
    await this.#operations
      .removeDirectory(this.absolute(temporaryDirectory))
      .catch(() => undefined);
  }

  /** Throws once an fsync has failed. */
  assertSound(): void {
    if (this.#failure !== undefined) throw this.#failure;
  }

  /** Makes a failure final: every later change throws it. */
  fail(message: string, cause: unknown): StoreFailedError {
    this.#failure ??= new StoreFailedError(message, { cause });
    return this.#failure;
  }

  async #establish(directory: string, there: boolean): Promise<void> {
    try {
      if (!there) await this.#operations.makeDirectory(this.absolute(directory), 0o777);
    } catch (error) {
      // Another write may have made it meanwhile.
      if (errnoOf(error) !== "EEXIST" || !(await this.hasDirectory(directory))) {
        throw fsError(error, `make the directory ${this.absolute(directory)}`);
      }
    }
    await this.syncDirectory(posix.dirname(directory));
  }

  /** Opens directories, makes a change and fsyncs them: only fsync itself can fail after the change. */
  async #changing(directories: readonly string[], change: () => Promise<void>): Promise<void> {
    this.assertSound();
    const opened: OpenFile[] = [];
    try {
      for (const directory of directories) opened.push(await this.#openDirectory(directory));
      await change();
      for (const directory of opened) await this.#sync(directory);
      this.assertSound(); // another write's fsync may have taken the error that was ours too
    } finally {
      await Promise.allSettled(opened.map((directory) => this.#operations.close(directory)));
    }
  }

  async #openDirectory(directory: string): Promise<OpenFile> {
    try {
      return await this.#operations.openDirectory(this.absolute(directory));
    } catch (error) {
      throw fsError(error, `open the directory ${this.absolute(directory)}`);
    }
  }

  async #sync(file: OpenFile): Promise<void> {
    try {
      await this.#operations.sync(file);
    } catch (error) {
      const code = errnoOf(error);
      throw this.fail(`cannot fsync ${file.path}${code === undefined ? "" : ` (${code})`}`, error);
    }
  }

  async #rename(from: string, to: string): Promise<void> {
    try {
      await this.#operations.rename(this.absolute(from), this.absolute(to));
    } catch (error) {
      throw fsError(error, `write ${this.absolute(to)}`, { outcome: outcomeOf(error, "none") });
    }
  }

  async #unlink(path: string, outcome: Outcome): Promise<void> {
    try {
      await unlessMissing(this.#operations.unlink(this.absolute(path)));
    } catch (error) {
      throw fsError(error, `remove ${this.absolute(path)}`, { outcome: outcomeOf(error, outcome) });
    }
  }

  async #discard(temporary: string): Promise<void> {
    await this.#operations.unlink(this.absolute(temporary)).catch(() => undefined);
  }

  async #look(path: string): Promise<Awaited<ReturnType<typeof lstat>> | undefined> {
    try {
      return await unlessMissing(lstat(this.absolute(path)));
    } catch (error) {
      throw fsError(error, `look at ${this.absolute(path)}`);
    }
  }

  #blocked(
    path: string,
    found: { isSymbolicLink(): boolean; isDirectory(): boolean },
    expected: string,
  ): BackendError {
    const what = found.isSymbolicLink()
      ? "a symbolic link"
      : found.isDirectory()
        ? "a directory"
        : "something else";
    return new BackendError(
      "conflict",
      `${this.absolute(path)} is ${what} where ${expected} belongs`,
    );
  }
}

/** After an input/output error nobody knows whether the directory was changed. */
function outcomeOf(error: unknown, outcome: Outcome): Outcome {
  return errnoOf(error) === "EIO" ? "unknown" : outcome;
}

function groupByDirectory(paths: readonly string[]): ReadonlyMap<string, readonly string[]> {
  const groups = new Map<string, string[]>();
  for (const path of paths) {
    const directory = posix.dirname(path);
    const group = groups.get(directory);
    if (group === undefined) groups.set(directory, [path]);
    else group.push(path);
  }
  return groups;
}
