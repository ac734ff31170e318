/** Acknowledges changes by one append to a log, and writes the files behind it. */

import { posix } from "node:path";
import { BackendError } from "@engenho/sdk";
import type { Change, CommitResult } from "../commit/commit-batch.ts";
import { GroupCommit } from "../commit/group-commit.ts";
import type { DurableTree } from "../durable-tree.ts";
import { journalDirectory } from "../own-directories.ts";
import { beginSegment, encodeRecord } from "./journal-record.ts";

/** Where files are written though writers have not paused, and where writers wait for that, in bytes. */
const backlogToWrite = 32 * 1024 * 1024;
const backlogToWait = 64 * 1024 * 1024;
/** What a segment grows to: of one name written again and again nothing comes together, and a replay reads segments whole. */
const largeSegment = 64 * 1024 * 1024;
/** How long writers pause before their files are written, and how long at most these are behind. */
const pauseMs = 50;
const behindMs = 5_000;
/** How long to wait before what could not be written is tried again. */
const retryMs = 1_000;

/** What the journal tells of itself. */
export interface JournalStatistics {
  /** Changes whose files are not written yet. */
  readonly pending: number;
  /** The bytes of their records. */
  readonly pendingBytes: number;
  /** Why files cannot be written at the moment; null if they can. */
  readonly problem: string | null;
}

/** A segment, and what it has for each file: the last change counts. */
interface Segment {
  readonly path: string;
  readonly mark: Uint8Array;
  length: number;
  readonly changes: Map<string, { readonly change: Change; readonly size: number }>;
}

/** The journal of one open store. What it acknowledges is durable; the files are there after {@link drain}. */
export class Journal {
  readonly #tree: DurableTree;
  readonly #commits: GroupCommit;
  readonly #full: Segment[] = [];
  #current: Segment | undefined;
  #number = 0;
  #pending = 0;
  #pendingBytes = 0;
  #problem: Error | undefined;
  /** Appends and the beginnings of segments, one after another. */
  #turn: Promise<unknown> = Promise.resolve();
  #writing: Promise<void> | undefined;
  #progress = Promise.withResolvers<void>();
  #timer: NodeJS.Timeout | undefined;
  #lastAppend = 0;
  #oldest = 0;
  #isClosed = false;

  constructor(tree: DurableTree) {
    this.#tree = tree;
    this.#commits = new GroupCommit((changes) => this.#inTurn(() => this.#append(changes)), 1);
  }

  get statistics(): JournalStatistics {
    const problem = this.#problem?.message ?? null;
    return { pending: this.#pending, pendingBytes: this.#pendingBytes, problem };
  }

  /** Resolves when the change is in the log for good. */
  async commit(change: Change): Promise<void> {
    while (this.#pendingBytes > backlogToWait) {
      this.#assertProgress();
      // Now: the timer would let a process end that has nothing else to wait for.
      void this.#write();
      await this.#progress.promise;
    }
    await this.#commits.add(change);
  }

  /** Resolves when every change acknowledged before the call is in its file, and its record gone. */
  async drain(): Promise<void> {
    await this.#writing?.catch(() => undefined);
    await this.#write();
    this.#assertProgress();
  }

  /** Writes all files, if it can; what it cannot write, or not remove, stays in the log. */
  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    try {
      await this.drain();
      await this.#tree.removeDirectory(journalDirectory);
    } catch {
      return;
    }
  }

  /** Throws while files cannot be written: whoever needs them has done nothing yet, whatever became of those. */
  #assertProgress(): void {
    this.#tree.assertSound();
    const problem = this.#problem;
    if (problem === undefined) return;
    const { code, reason } = BackendError.from(problem);
    const what = `the files of writes in the journal cannot be written: ${reason}`;
    throw new BackendError(code, what, { outcome: "none", cause: problem });
  }

  #inTurn<T>(act: () => Promise<T>): Promise<T> {
    const result = this.#turn.then(act);
    this.#turn = result.catch(() => undefined);
    return result;
  }

  async #append(changes: readonly Change[]): Promise<CommitResult> {
    if (this.#current !== undefined && this.#current.length > largeSegment) this.#endSegment();
    const segment = (this.#current ??= await this.#begin());
    const records = changes.map((change) => encodeRecord(change, segment));
    const { errors, syncs } = await this.#tree.append(segment, changes, records);
    for (const [index, change] of changes.entries()) {
      if (errors[index] === undefined) this.#note(segment, change, records[index]?.length ?? 0);
    }
    this.#lastAppend = performance.now();
    if (this.#pendingBytes > backlogToWrite) this.#writeSoon(0);
    else this.#writeSoon(pauseMs);
    return { errors, syncs };
  }

  #note(segment: Segment, change: Change, size: number): void {
    if (this.#pending === 0) this.#oldest = performance.now();
    for (const path of change.put === undefined ? change.removes : [change.put.path]) {
      this.#forget(segment.changes.get(path));
      const only = change.put === undefined ? { removes: [path] } : change;
      segment.changes.set(path, { change: only, size });
      this.#pending++;
      this.#pendingBytes += size;
    }
  }

  #forget(pending: { readonly size: number } | undefined): void {
    if (pending === undefined) return;
    this.#pending--;
    this.#pendingBytes -= pending.size;
  }

  async #begin(): Promise<Segment> {
    const path = `${journalDirectory}/${++this.#number}`;
    const { mark, header } = beginSegment();
    await this.#tree.makeParents([path]);
    await this.#tree.createFiles([{ path, bytes: header }]);
    await this.#tree.syncDirectories([posix.dirname(path)]);
    return { path, mark, length: header.length, changes: new Map() };
  }

  #endSegment(): void {
    if (this.#current !== undefined) this.#full.push(this.#current);
    this.#current = undefined;
  }

  #writeSoon(ms: number): void {
    if (this.#timer !== undefined || this.#writing !== undefined || this.#isClosed) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      const now = performance.now();
      const hasPaused = now - this.#lastAppend >= pauseMs;
      const isDue = now - this.#oldest > behindMs || this.#pendingBytes > backlogToWrite;
      if (hasPaused || isDue) void this.#write();
      else this.#writeSoon(pauseMs);
    }, ms);
    this.#timer.unref();
  }

  /** Writes the files of all that is in the log now. Never rejects: a problem is kept, and tried again. */
  #write(): Promise<void> {
    return (this.#writing ??= this.#writeAll().finally(() => {
      this.#writing = undefined;
      this.#advanced(); // who still has to wait begins anew
      if (this.#problem !== undefined) this.#writeSoon(retryMs);
      else if (this.#pending > 0)
        this.#writeSoon(this.#pendingBytes > backlogToWrite ? 0 : pauseMs);
    }));
  }

  async #writeAll(): Promise<void> {
    try {
      // What comes from now on goes to a segment that stays when these are gone.
      await this.#inTurn(async () => this.#endSegment());
      for (let segment = this.#full[0]; segment !== undefined; segment = this.#full[0]) {
        await this.#writeFiles(segment);
        await this.#tree.removeFiles([segment.path]);
        this.#full.shift();
      }
      this.#problem = undefined;
    } catch (error) {
      this.#problem = error as Error;
    }
  }

  async #writeFiles({ changes }: Segment): Promise<void> {
    const writes = [...changes].map(async ([path, pending]) => {
      await this.#tree.commit(pending.change);
      changes.delete(path);
      this.#forget(pending);
      this.#advanced();
    });
    const ends = await Promise.allSettled(writes);
    for (const end of ends) if (end.status === "rejected") throw end.reason;
  }

  #advanced(): void {
    this.#progress.resolve();
    this.#progress = Promise.withResolvers<void>();
  }
}
