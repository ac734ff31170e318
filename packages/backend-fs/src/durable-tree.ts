/** Changes to the files below a root, each durable once it resolves and nothing outside ever touched. */

import { posix } from "node:path";
import { BackendError, type StoreFailedError } from "@engenho/sdk";
import {
  type BatchResult,
  type Change,
  commitBatch,
  type CommitResult,
} from "./commit/commit-batch.ts";
import { type Append, appendAlone, appendBehind } from "./commit/append-records.ts";
import { type CommitStatistics, GroupCommit } from "./commit/group-commit.ts";
import {
  absolute,
  hasDirectory,
  hasFile,
  type Landmark,
  lostRoot,
  type Place,
} from "./commit/inside-root.ts";
import type { Job, JobResult, JobRunner, NewFile } from "./commit/job.ts";
import { Soundness } from "./commit/soundness.ts";
import { TreeError } from "./commit/tree-problem.ts";
import type { OpenFile } from "./file-operations.ts";
import { errnoOf } from "./errno.ts";
import { fsError, problemError } from "./fs-error.ts";
import { temporaryDirectory } from "./own-directories.ts";
import type { FileContent } from "./read-regular-file.ts";
import { unpackFiles } from "./reading/file-pack.ts";
import { readError } from "./reading/read-error.ts";
import type { TreeReader } from "./reading/tree-reader.ts";
import type { Disk } from "./disk.ts";

/** Each has a thread. On two cores, six batches wrote 5 % more without a filesystem's journal, and less with one. */
const batchesTogether = 4;

/** How many files one job creates or removes, where there are many. */
const filesOfAJob = 64;

/**
 * The tree below a root. Paths are relative to it, with `/`. Every parent is looked at before it is
 * used, so that no symbolic link leads out of the root.
 *
 * Errors: `BackendError` with the true outcome; `StoreFailedError` after a failed fsync, and from then on.
 */
export class DurableTree {
  readonly root: string;
  readonly #place: Place;
  readonly #runner: JobRunner;
  /** For the journal alone: an append must not wait until the files behind it are fsynced. */
  readonly #appender: JobRunner;
  readonly #syncs: boolean;
  readonly #commits: GroupCommit;
  /** Directories whose entry in their parent was fsynced since the root was opened. */
  readonly #durableDirectories = new Set<string>();
  readonly #isAlone: boolean;
  readonly #soundness = new Soundness();
  #temporaryFiles = 0;

  /**
   * @param root Absolute, and no symbolic link.
   * @param syncs Whether changes must survive a loss of power.
   * @param landmark Once this is another file, every write fails for good.
   * @param isAlone Whether nobody else makes directories here.
   */
  constructor(
    root: string,
    { operations, makeRunner }: Disk,
    syncs: boolean,
    landmark?: Landmark,
    isAlone = true,
  ) {
    this.#isAlone = isAlone;
    this.root = root;
    this.#syncs = syncs;
    this.#place = { root, operations, landmark };
    this.#runner = makeRunner({ root, syncs, landmark });
    this.#appender = makeRunner({ root, syncs, landmark, inOrder: true });
    this.#commits = new GroupCommit((changes) => this.#commitBatch(changes), batchesTogether);
  }

  /** Whether changes survive a loss of power. */
  get syncs(): boolean {
    return this.#syncs;
  }

  get statistics(): Readonly<CommitStatistics> {
    return this.#commits.statistics;
  }

  /** Where a path lies for the system, and for messages. */
  absolute(path: string): string {
    return absolute(this.#place, path);
  }

  /** What reads the tree, in threads. */
  get reader(): TreeReader {
    return this.#runner;
  }

  /** The content of a file, and what goes wrong, as `readRegularFile`. */
  async readFile(path: string, limit: number): Promise<FileContent> {
    const names = [posix.basename(path)];
    const [file] = unpackFiles(await this.#runner.read(posix.dirname(path), names, limit));
    if (file === undefined) throw new BackendError("internal", `nothing was read of ${path}`);
    if (file.problem !== undefined) throw readError(file.problem);
    return file;
  }

  /** Makes a change, together with those that others ask for meanwhile. No two of one file at once. */
  commit(change: Change): Promise<void> {
    return this.#commits.add(change);
  }

  /**
   * Adds records of changes to a file, once the changes can be made: their directories are there, and nothing stands in
   * their way. What was asked for before may be on its way. Undefined if none was added: {@link appendAlone} tells why.
   */
  async appendBehind<R>(append: Append<R>): Promise<CommitResult | undefined> {
    this.assertSound();
    const sent = appendBehind(this.#appender, append, this.#durable());
    const result = await this.#soundness.whole(sent);
    return result && this.#appended(result);
  }

  /** The same for those changes that can be made, once nothing is on its way. Gives an error for each of the others. */
  async appendAlone<R>(append: Append<R>): Promise<CommitResult> {
    this.assertSound();
    const sent = appendAlone(this.#appender, append, this.#durable());
    return this.#appended(await this.#soundness.whole(sent));
  }

  /** Writes new files and fsyncs them; their entries in the directory are the caller's to fsync. */
  async createFiles(files: readonly NewFile[]): Promise<void> {
    this.assertSound();
    let next = 0;
    const work = async (): Promise<void> => {
      while (next < files.length) {
        const items = files.slice(next, (next += filesOfAJob));
        try {
          await this.#run({ phase: "create", items });
        } catch (error) {
          next = files.length;
          throw error;
        }
      }
    };
    const ends = await Promise.allSettled(Array.from({ length: this.#runner.parallel }, work));
    for (const end of ends) if (end.status === "rejected") throw end.reason;
  }

  /** Moves a file, over what is there; both directories are fsynced. */
  async moveFile(from: string, to: string): Promise<void> {
    this.assertSound();
    await this.#map(() => hasDirectory(this.#place, posix.dirname(from)));
    await this.makeParents([to]);
    const item = { moves: [{ from, to, isTemporary: false }], removes: [] };
    await this.#run({ phase: "publish", items: [item] });
  }

  /** Removes files; ones that are not there are no error. */
  async removeFiles(paths: readonly string[]): Promise<void> {
    this.assertSound();
    for (let at = 0; at < paths.length; at += filesOfAJob) {
      const removes = paths.slice(at, at + filesOfAJob);
      await this.#run({ phase: "publish", items: [{ moves: [], removes }] });
    }
  }

  /** A rename whose directories the caller fsyncs; false if the source is not there. */
  async renameIfThere(from: string, to: string): Promise<boolean> {
    try {
      await this.#place.operations.rename(this.absolute(from), this.absolute(to));
      return true;
    } catch (error) {
      if (errnoOf(error) === "ENOENT") return false;
      throw fsError(error, `move ${this.absolute(from)} to ${this.absolute(to)}`);
    }
  }

  /** Which file is there, as `device:inode`; undefined for none. */
  identify(path: string): Promise<string | undefined> {
    const name = this.absolute(path);
    return this.#place.operations.identify(name).catch((error: unknown) => {
      throw fsError(error, `look at ${name}`);
    });
  }

  /** Sets the time of modification of a file, in microseconds. */
  async setModified(
    path: string,
    microseconds: number,
    { syncs }: { readonly syncs: boolean },
  ): Promise<void> {
    await this.#withFile(path, async (file) => {
      await this.#place.operations.setModified(file, microseconds).catch((error: unknown) => {
        throw fsError(error, `set the time of ${file.path}`);
      });
      if (syncs) await this.#sync(file);
    });
  }

  /** fsyncs a file; its names are the caller's to fsync. */
  async syncFile(path: string): Promise<void> {
    await this.hasDirectory(posix.dirname(path));
    await this.#withFile(path, (file) => this.#sync(file));
  }

  /** fsyncs directories. */
  async syncDirectories(directories: Iterable<string>): Promise<void> {
    const { operations } = this.#place;
    for (const directory of this.#syncs ? directories : []) {
      this.assertSound();
      const path = this.absolute(directory);
      const opened = await operations.openDirectory(path).catch((error: unknown) => {
        throw fsError(error, `open the directory ${path}`);
      });
      try {
        await this.#sync(opened);
      } finally {
        await operations.close(opened).catch(() => undefined);
      }
    }
  }

  /** Makes the directories that paths lie in, each durable in its parent; `conflict` if no file may stand there. */
  async makeParents(paths: readonly string[]): Promise<void> {
    this.assertSound();
    const durable = [...this.#durable()];
    const result = await this.#run({ phase: "prepare", items: [paths], durable });
    for (const directory of result.durable) this.#durableDirectories.add(directory);
  }

  /** Whether a directory is there; `conflict` if it or one that it lies in is anything else. */
  hasDirectory(directory: string): Promise<boolean> {
    return this.#map(() => hasDirectory(this.#place, directory));
  }

  /** Whether a file is there, its directory given; `conflict` if it is anything but a regular file. */
  hasFile(path: string): Promise<boolean> {
    return this.#map(() => hasFile(this.#place, path));
  }

  /** Makes a directory empty, new if need be. */
  async clearDirectory(directory: string): Promise<void> {
    try {
      await this.removeDirectory(directory);
      await this.#place.operations.makeDirectory(this.absolute(directory), 0o777);
    } catch (error) {
      throw fsError(error, `empty ${this.absolute(directory)}`);
    }
  }

  /** Removes a directory and all that is in it. */
  async removeDirectory(directory: string): Promise<void> {
    if (!(await this.hasDirectory(directory))) return;
    try {
      await this.#place.operations.removeTree(this.absolute(directory));
    } catch (error) {
      throw fsError(error, `remove ${this.absolute(directory)}`);
    }
  }

  /** Has a thread at hand; without one there is no store. */
  async begin(): Promise<void> {
    try {
      await this.#runner.run([]);
    } catch (error) {
      if (BackendError.is(error)) throw error;
      const reason = `cannot begin a thread that writes: ${(error as Error).message}`;
      throw new BackendError("unavailable", reason, { outcome: "none", cause: error });
    }
  }

  /** Ends the threads and leaves the tree as it is. Never throws. */
  async abandon(): Promise<void> {
    await Promise.allSettled([this.#runner.close(), this.#appender.close()]);
  }

  /** Ends what works on the tree, and removes the directory of temporary files unless something is in it. Never throws. */
  async leave(): Promise<void> {
    await this.abandon();
    await this.#place.operations
      .removeDirectory(this.absolute(temporaryDirectory))
      .catch(() => undefined);
  }

  /** Throws once an fsync has failed: what asks has not begun. */
  assertSound(): void {
    this.#soundness.assert();
  }

  /** Makes a failure final: every later change throws it. Gives that of what was under way. */
  fail(message: string, cause: unknown): StoreFailedError {
    return this.#soundness.fail(message, cause);
  }

  async #withFile(path: string, use: (file: OpenFile) => Promise<void>): Promise<void> {
    this.assertSound();
    const { operations } = this.#place;
    const name = this.absolute(path);
    const lost = await this.#map(() => lostRoot(this.#place));
    if (lost !== undefined) throw this.#soundness.failFor(lost);
    const file = await operations.openFile(name).catch((error: unknown) => {
      throw fsError(error, `open ${name}`);
    });
    try {
      await use(file);
    } finally {
      await operations.close(file).catch(() => undefined);
    }
  }

  async #sync(file: OpenFile): Promise<void> {
    if (!this.#syncs) return;
    this.#commits.statistics.syncs++;
    try {
      await this.#place.operations.sync(file);
    } catch (error) {
      throw this.#soundness.failSync(file.path, error);
    }
  }

  async #commitBatch(changes: readonly Change[]): Promise<CommitResult> {
    this.assertSound();
    const temporary = (): string => `${temporaryDirectory}/${this.#temporaryFiles++}`;
    const batch = commitBatch(this.#runner, changes, this.#durable(), temporary);
    return this.#committed(await this.#soundness.whole(batch));
  }

  /** What others may have removed and made anew is durable no more: then each write finds out by itself. */
  #durable(): Set<string> {
    return this.#isAlone ? this.#durableDirectories : new Set();
  }

  #appended(result: BatchResult): CommitResult {
    this.#commits.statistics.syncs += result.syncs;
    return this.#committed(result);
  }

  #committed({ problems, failure, syncs }: BatchResult): CommitResult {
    if (failure !== undefined) this.#soundness.failFor(failure);
    // Another's fsync may have taken the error that was this batch's too.
    const { failure: final } = this.#soundness;
    const errors = problems.map((problem) => final ?? (problem && problemError(problem)));
    return { errors, syncs };
  }

  /** Does one job; throws for the first problem. */
  async #run(job: Job): Promise<JobResult> {
    const [result] = await this.#soundness.whole(this.#runner.run([job]));
    if (result === undefined) throw new BackendError("internal", "a job has no result");
    this.#commits.statistics.syncs += result.syncs;
    if (result.failure !== undefined) throw this.#soundness.failFor(result.failure);
    const problem = result.problems.find((each) => each !== undefined);
    if (problem !== undefined) throw problemError(problem);
    const { failure } = this.#soundness;
    if (failure !== undefined) throw failure; // another's fsync may have taken this one's error
    return result;
  }

  async #map<T>(look: () => Promise<T>): Promise<T> {
    try {
      return await look();
    } catch (error) {
      throw error instanceof TreeError ? problemError(error.problem) : error;
    }
  }
}
