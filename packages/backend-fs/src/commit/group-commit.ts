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

/** Fewer are not worth a batch of their own while another is on its way: theirs share its end. */
const leastShare = 8;

/** The queue before `commitBatch`. */
export class GroupCommit {
  readonly statistics: CommitStatistics = { batches: 0, changes: 0, largestBatch: 0, syncs: 0 };
  readonly #commit: (changes: readonly Change[]) => Promise<CommitResult>;
  readonly #together: number;
  readonly #waiting: Waiting[] = [];
  /** Batches on their way to the disk, and their changes. */
  #batches = 0;
  #changes = 0;
  /** Those who were told of their change in this turn of the event loop, less those who have come back with another. */
  #told = 0;

  /**
   * @param commit Gives an error or nothing for each change; what it throws is every change's.
   * @param together How many batches may be on their way at once.
   */
  constructor(commit: (changes: readonly Change[]) => Promise<CommitResult>, together: number) {
    this.#commit = commit;
    this.#together = together;
  }

  /** Resolves when the change is as durable as the store promises. */
  add(change: Change): Promise<void> {
    const done = Promise.withResolvers<void>();
    this.#waiting.push({ change, done });
    this.#told = Math.max(0, this.#told - 1);
    this.#begin();
    return done.promise;
  }

  /** Begins batches, each with its share of all who write at once: then some are made ready while others are on the disk. */
  #begin(): void {
    while (this.#waiting.length > 0 && this.#batches < this.#together) {
      const writers = this.#changes + this.#waiting.length + this.#told;
      const share = Math.max(leastShare, Math.ceil(writers / this.#together));
      if (this.#waiting.length < share && this.#batches + this.#told > 0) return;
      void this.#run(this.#take(Math.min(share, maxChanges)));
    }
  }

  async #run(batch: readonly Waiting[]): Promise<void> {
    this.#batches++;
    this.#changes += batch.length;
    await this.#commitBatch(batch);
    this.#batches--;
    this.#changes -= batch.length;
    // Whoever had company comes back with company: those that were just told go first.
    if (batch.length > 1) {
      this.#told += batch.length;
      await new Promise((resolve) => setImmediate(resolve));
      this.#told = 0;
    }
    this.#begin();
  }

  #take(most: number): Waiting[] {
    let bytes = 0;
    let count = 0;
    for (const { change } of this.#waiting) {
      bytes += change.put?.bytes.length ?? 0;
      if (count === most || (count > 0 && bytes > maxBytes)) break;
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
