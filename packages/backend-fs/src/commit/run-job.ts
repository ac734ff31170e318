/** Does jobs step by step: the same steps whether the operations block their thread or not. */

import { posix } from "node:path";
import { errnoOf, provesNotDone } from "../errno.ts";
import type { OpenFile } from "../file-operations.ts";
import {
  absolute,
  hasDirectory,
  hasFile,
  isDirectory,
  lostRoot,
  type Place,
} from "./inside-root.ts";
import type {
  AppendJob,
  CreateJob,
  Job,
  JobResult,
  NewFile,
  Publication,
  PublishJob,
  PrepareJob,
} from "./job.ts";
import { problemOf, TreeError, treeError, type TreeProblem } from "./tree-problem.ts";

/** Where jobs are done, and whether what they do must survive a loss of power. */
export interface JobPlace extends Place {
  readonly syncs: boolean;
  /** What nothing can be vouched for after: jobs fail with it from then on. */
  failure?: TreeProblem;
}

/** Does jobs one after another, up to the first that did not go well; gives a result for each that was begun. */
export async function runJobs(
  place: JobPlace,
  jobs: readonly Job[],
): Promise<readonly JobResult[]> {
  const [first] = jobs;
  const failure = place.failure ?? (await lostRoot(place));
  if (failure !== undefined && first !== undefined)
    return [{ problems: first.items.map(() => failure), failure, durable: [], syncs: 0 }];
  const results: JobResult[] = [];
  for (const job of jobs) {
    const result = await new JobRun(place).run(job);
    results.push(result);
    if (result.failure !== undefined) place.failure ??= { ...result.failure, outcome: "none" };
    if (result.problems.some((problem) => problem !== undefined)) break;
  }
  return results;
}

/** How many files one job has open at once. */
const filesTogether = 32;

/** One job under way. A failed fsync ends it; all else is one item's problem. */
class JobRun {
  readonly #place: JobPlace;
  readonly #durable: string[] = [];
  #syncs = 0;

  constructor(place: JobPlace) {
    this.#place = place;
  }

  async run(job: Job): Promise<JobResult> {
    try {
      const problems = await this.#do(job);
      return { problems, durable: this.#durable, syncs: this.#syncs };
    } catch (error) {
      const failure = problemOf(error);
      return { problems: job.items.map(() => failure), failure, durable: [], syncs: this.#syncs };
    }
  }

  #do(job: Job): Promise<(TreeProblem | undefined)[]> {
    if (job.phase === "prepare") return this.#prepare(job);
    if (job.phase === "create") return this.#create(job);
    return job.phase === "append" ? this.#append(job) : this.#publish(job);
  }

  async #prepare({
    items,
    durable,
    temporaries,
  }: PrepareJob): Promise<(TreeProblem | undefined)[]> {
    const known = new Set(durable);
    const looked = new Set<string>(["."]);
    /** By parent: what its fsync makes durable. */
    const fresh = new Map<string, string[]>();
    const makeDirectory = async (directory: string): Promise<void> => {
      if (looked.has(directory)) return;
      const parent = posix.dirname(directory);
      await makeDirectory(parent);
      const there = await isDirectory(this.#place, directory);
      if (!there) await this.#makeDirectory(directory);
      looked.add(directory);
      if (there && known.has(directory)) return;
      const siblings = fresh.get(parent);
      if (siblings === undefined) fresh.set(parent, [directory]);
      else siblings.push(directory);
    };
    const problems = await each(items, async (paths) => {
      for (const path of paths) {
        const directory = posix.dirname(path);
        await makeDirectory(directory);
        if (directory !== temporaries) await hasFile(this.#place, path);
      }
    });
    for (const [parent, directories] of fresh) {
      try {
        await this.#syncDirectory(parent);
        for (const directory of directories) this.#durable.push(directory);
      } catch (error) {
        const problem = problemOf(error);
        if (problem.isSync === true) throw error;
        for (const [index, paths] of items.entries()) {
          if (
            paths.some((path) => directories.some((directory) => path.startsWith(`${directory}/`)))
          )
            problems[index] ??= problem;
        }
      }
    }
    return problems;
  }

  async #create({ items }: CreateJob): Promise<(TreeProblem | undefined)[]> {
    const problems: (TreeProblem | undefined)[] = [];
    for (let at = 0; at < items.length; at += filesTogether)
      problems.push(...(await this.#createTogether(items.slice(at, at + filesTogether))));
    return problems;
  }

  /** Writes files, and only then waits for them: the first fsync brings all to the disk, and finds the others done. */
  async #createTogether(items: readonly NewFile[]): Promise<(TreeProblem | undefined)[]> {
    const opened = new Map<NewFile, OpenFile>();
    try {
      const written = await each(items, async (item) => {
        opened.set(item, await this.#writeFile(item, items.length > 1));
      });
      const synced = await each(items, async (item) => {
        const file = opened.get(item);
        if (file === undefined) return;
        await this.#sync(file);
        opened.delete(item);
        await this.#place.operations.close(file).catch(async (error: unknown) => {
          await this.#discard(item.path);
          throw treeError(error, this.#writing(item));
        });
      });
      return written.map((problem, index) => problem ?? synced[index]);
    } finally {
      for (const [item, file] of opened) {
        await this.#place.operations.close(file).catch(() => {});
        await this.#discard(item.path);
      }
    }
  }

  #append({ path, offset, items }: AppendJob): Promise<(TreeProblem | undefined)[]> {
    const { operations } = this.#place;
    const name = this.#absolute(path);
    return each(items, async (bytes) => {
      let file: OpenFile;
      try {
        file = await operations.openToWrite(name);
      } catch (error) {
        throw treeError(error, `write ${name}`);
      }
      try {
        await this.#assertEnd(file, offset);
        await operations.writeAt(file, bytes, offset).catch(async (error: unknown) => {
          await this.#cutOff(file, offset);
          throw treeError(error, `write ${name}`);
        });
        await this.#syncData(file);
      } finally {
        await operations.close(file).catch(() => {});
      }
    });
  }

  /** Where an append before this one was refused, this one would leave a hole. */
  async #assertEnd(file: OpenFile, offset: number): Promise<void> {
    const action = `write ${file.path}`;
    const length = await this.#place.operations.lengthOf(file).catch((error: unknown) => {
      throw treeError(error, action);
    });
    if (length === offset) return;
    const conflict = `${file.path} has ${length} bytes where ${offset} belong: it was changed while it was open`;
    const details = { message: conflict, outcome: "none", conflict, isMisplaced: true } as const;
    throw new TreeError({ action, ...details });
  }

  /** What was refused must not be read as if it had been acknowledged, not even after a loss of power. */
  async #cutOff(file: OpenFile, length: number): Promise<void> {
    try {
      await this.#place.operations.truncate(file, length);
    } catch (error) {
      throw treeError(error, `cut off ${file.path}`, { isSync: true, outcome: "unknown" });
    }
    await this.#sync(file);
  }

  async #publish({ items }: PublishJob): Promise<(TreeProblem | undefined)[]> {
    const touched = new Map<string, OpenFile>();
    try {
      const problems = await each(items, (item) => this.#publishOne(item, touched));
      for (const directory of touched.values()) {
        await this.#sync(directory);
      }
      return problems;
    } finally {
      for (const directory of touched.values()) {
        await this.#place.operations.close(directory).catch(() => {});
      }
    }
  }

  async #publishOne(
    { moves, removes }: Publication,
    touched: Map<string, OpenFile>,
  ): Promise<void> {
    let outcome: TreeProblem["outcome"] = "none";
    const act = async (action: string, operation: () => Promise<void>): Promise<void> => {
      try {
        await operation();
      } catch (error) {
        if (!provesNotDone(errnoOf(error))) outcome = "unknown";
        throw treeError(error, action, { outcome });
      }
      outcome = "unknown";
    };
    const temporaries = moves.filter(({ isTemporary }) => isTemporary).map(({ from }) => from);
    try {
      for (const { from, to, isTemporary } of moves) {
        await this.#touch(posix.dirname(to), touched);
        if (!isTemporary) await this.#touch(posix.dirname(from), touched);
      }
      const there: string[] = [];
      for (const path of removes) {
        if (!(await hasDirectory(this.#place, posix.dirname(path)))) continue;
        await this.#touch(posix.dirname(path), touched);
        there.push(path);
      }
      for (const { from, to } of moves) {
        const target = this.#absolute(to);
        await act(`write ${target}`, () =>
          this.#place.operations.rename(this.#absolute(from), target),
        );
      }
      for (const path of there) {
        await act(`remove ${this.#absolute(path)}`, () => this.#removeFile(path));
      }
    } catch (error) {
      for (const path of temporaries) await this.#discard(path);
      throw error;
    }
  }

  /**
   * Opens a directory before anything is changed: after that, only what changes it and its fsync can fail. It is
   * opened whether or not it will be fsynced, so that a symbolic link in its place is met.
   */
  async #touch(directory: string, touched: Map<string, OpenFile>): Promise<void> {
    if (touched.has(directory)) return;
    touched.set(directory, await this.#openDirectory(directory));
  }

  async #makeDirectory(directory: string): Promise<void> {
    const path = this.#absolute(directory);
    try {
      await this.#place.operations.makeDirectory(path, 0o777);
    } catch (error) {
      const failure = treeError(error, `make the directory ${path}`);
      // A restore may have made it meanwhile.
      const isThere =
        failure.problem.errno === "EEXIST" && (await hasDirectory(this.#place, directory));
      if (!isThere) throw failure;
    }
  }

  /** Gives the new file as it is open, its bytes on their way to the disk if others are to be waited for with it. */
  async #writeFile(item: NewFile, hasCompany: boolean): Promise<OpenFile> {
    const { operations } = this.#place;
    const { path, bytes, modified } = item;
    let file: OpenFile;
    try {
      file = await operations.create(this.#absolute(path));
    } catch (error) {
      // Else a mode that is wrong would be looked for in the other directory.
      const way = item.purpose === undefined ? "" : ` by way of ${this.#absolute(path)}`;
      throw treeError(error, `${this.#writing(item)}${way}`);
    }
    try {
      const prompt = hasCompany && this.#place.syncs ? await this.#hasten(file) : undefined;
      try {
        await operations.write(file, bytes);
        if (modified !== undefined) await operations.setModified(file, modified);
      } finally {
        if (prompt !== undefined) await operations.close(prompt).catch(() => {});
      }
      return file;
    } catch (error) {
      await operations.close(file).catch(() => {});
      await this.#discard(path);
      throw treeError(error, this.#writing(item));
    }
  }

  /**
   * ext4 gives a file its blocks when they are written to the disk, and begins with that when a file that was truncated
   * is closed by anybody (`auto_da_alloc`). Without it, each fsync gives its file blocks and commits the filesystem's
   * journal once more: of 64 files eight threads made 20 commits, and 4 with it. Elsewhere it does nothing.
   */
  async #hasten(file: OpenFile): Promise<OpenFile> {
    await this.#place.operations.truncate(file, 0);
    return await this.#place.operations.openFile(file.path);
  }

  #writing({ path, purpose = path }: NewFile): string {
    return `write ${this.#absolute(purpose)}`;
  }

  async #syncDirectory(directory: string): Promise<void> {
    if (!this.#place.syncs) return;
    const opened = await this.#openDirectory(directory);
    try {
      await this.#sync(opened);
    } finally {
      await this.#place.operations.close(opened).catch(() => {});
    }
  }

  async #openDirectory(directory: string): Promise<OpenFile> {
    const path = this.#absolute(directory);
    try {
      return await this.#place.operations.openDirectory(path);
    } catch (error) {
      throw treeError(error, `open the directory ${path}`);
    }
  }

  #sync(file: OpenFile): Promise<void> {
    return this.#countSync("fsync", file, () => this.#place.operations.sync(file));
  }

  /** Of what an append adds, its times are of no interest: it takes two thirds of the time. */
  #syncData(file: OpenFile): Promise<void> {
    return this.#countSync("fdatasync", file, () => this.#place.operations.syncData(file));
  }

  async #countSync(call: string, { path }: OpenFile, sync: () => Promise<void>): Promise<void> {
    if (!this.#place.syncs) return;
    this.#syncs++;
    try {
      await sync();
    } catch (error) {
      throw treeError(error, `${call} ${path}`, { isSync: true, outcome: "unknown" });
    }
  }

  async #removeFile(path: string): Promise<void> {
    try {
      await this.#place.operations.unlink(this.#absolute(path));
    } catch (error) {
      if (errnoOf(error) !== "ENOENT") throw error;
    }
  }

  async #discard(path: string): Promise<void> {
    await this.#place.operations.unlink(this.#absolute(path)).catch(() => undefined);
  }

  #absolute(path: string): string {
    return absolute(this.#place, path);
  }
}

/** Takes every item in turn; those with a problem do not keep others from theirs, but a failed fsync does. */
async function each<T>(
  items: readonly T[],
  act: (item: T) => Promise<void>,
): Promise<(TreeProblem | undefined)[]> {
  const problems: (TreeProblem | undefined)[] = [];
  for (const item of items) {
    try {
      await act(item);
      problems.push(undefined);
    } catch (error) {
      const problem = problemOf(error);
      if (problem.isSync === true) throw error;
      problems.push(problem);
    }
  }
  return problems;
}
