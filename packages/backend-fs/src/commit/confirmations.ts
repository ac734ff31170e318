/** Makes files durable that somebody else has written: what is asked for while others are on their way makes the next batch. */

import { posix } from "node:path";
import type { DurableTree } from "../durable-tree.ts";
import { forEachLimited } from "../for-each-limited.ts";

interface Waiting {
  readonly path: string;
  readonly done: PromiseWithResolvers<void>;
}

const filesAtOnce = 16;

/** The queue before the fsyncs of one tree. */
export class Confirmations {
  readonly #tree: DurableTree;
  #waiting: Waiting[] = [];
  #isWorking = false;

  constructor(tree: DurableTree) {
    this.#tree = tree;
  }

  /** Resolves when a file, and every name on the way to it, survives a loss of power. */
  add(path: string): Promise<void> {
    const done = Promise.withResolvers<void>();
    this.#waiting.push({ path, done });
    if (!this.#isWorking) void this.#work();
    return done.promise;
  }

  async #work(): Promise<void> {
    this.#isWorking = true;
    while (this.#waiting.length > 0) {
      const batch = this.#waiting;
      this.#waiting = [];
      await this.#confirm(batch);
    }
    this.#isWorking = false;
  }

  async #confirm(batch: readonly Waiting[]): Promise<void> {
    const synced: Waiting[] = [];
    await forEachLimited(batch, filesAtOnce, async (waiting) => {
      try {
        await this.#tree.syncFile(waiting.path);
        synced.push(waiting);
      } catch (error) {
        waiting.done.reject(error);
      }
    });
    try {
      await this.#tree.syncDirectories(directoriesAbove(synced));
      for (const { done } of synced) done.resolve();
    } catch (error) {
      for (const { done } of synced) done.reject(error);
    }
  }
}

/** The directories that hold a name on the way to one of the files, the root included. */
function directoriesAbove(files: readonly Waiting[]): ReadonlySet<string> {
  const directories = new Set<string>();
  for (const { path } of files) {
    let directory = path;
    do {
      directory = posix.dirname(directory);
      directories.add(directory);
    } while (directory !== ".");
  }
  return directories;
}
