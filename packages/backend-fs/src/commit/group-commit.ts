/** Commits changes in batches: what is asked for while one batch is on its way to the disk makes the next. */

import type { Change, CommitResult } from "./commit-batch.ts";

/** What was committed since the root was opened. */
export interface CommitStatistics {
  /** How many went to the disk together, taken as one. */
  batches: number;
  /** Applies and deletes. */
  changes: number;
  /** The most changes that one batch had. */
  largestBatch: number;
  /** How many fsyncs were made, those of restores and of the store's own files included. */
  syncs: number;
}

interface Waiting {
  readonly change: Change;
  readonly done: PromiseWithResolvers<void>;
}

/** The most of one batch: what comes first should not wait for all that comes later. */
const maxChanges = 256;
const maxBytes = 16 * 1024 * 1024;

/** The queue before `commitBatch`. */
export class GroupCommit {
  readonly statistics: CommitStatistics = { batches: 0, changes: 0, largestBatch: 0, syncs: 0 };
  readonly #commit: (changes: readonly Change[]) => Promise<CommitResult>;
  readonly #waiting: Waiting[] = [];
  #isRunning = false;

  /** @param commit Gives an error or nothing for each change; what it throws is every change's. */
  constructor(commit: (changes: readonly Change[]) => Promise<CommitResult>) {
    this.#commit = commit;
  }

  /** Resolves when the change is as durable as the store promises. */
  add(change: Change): Promise<void> {
    const done = Promise.withResolvers<void>();
    this.#waiting.push({ change, done });
    if (!this.#isRunning) void this.#run();
    return done.promise;
  }

  async #run(): Promise<void> {
    this.#isRunning = true;
    while (this.#waiting.length > 0) {
      const batch = this.#take();
      await this.#commitBatch(batch);
      // Whoever had company comes back with company: those that were just told go first.
      if (batch.length > 1) await new Promise((resolve) => setImmediate(resolve));
    }
    this.#isRunning = false;
  }

  #take(): Waiting[] {
    let bytes = 0;
    let count = 0;
    for (const { change } of this.#waiting) {
      bytes += change.put?.bytes.length ?? 0;
      if (count === maxChanges || (count > 0 && bytes > maxBytes)) break;
      count++;
    }
    return this.#waiting.splice(0, count);
  }

  async #commitBatch(batch: readonly Waiting[]): Promise<void> {
    const { statistics } = this;
    try {
      const { errors, syncs } = await this.#commit(batch.map(({ change }) => change));
      statistics.batches++;
      statistics.changes += batch.length;
      statistics.largestBatch = Math.max(statistics.largestBatch, batch.length);
      statistics.syncs += syncs;
      for (const [index, { done }] of batch.entries()) {
        const error = errors[index];
        if (error === undefined) done.resolve();
        else done.reject(error);
      }
    } catch (error) {
      for (const { done } of batch) done.reject(error);
    }
  }
}
