/** Acknowledges changes by one append to a log, and writes the files behind it. */

import { posix } from "node:path";
import { BackendError } from "@engenho/sdk";
import type { Append } from "../commit/append-records.ts";
import type { Change, CommitResult } from "../commit/commit-batch.ts";
import { type CommitStatistics, GroupCommit } from "../commit/group-commit.ts";
import type { DurableTree } from "../durable-tree.ts";
import { journalDirectory } from "../own-directories.ts";
import { AppendOrder } from "./append-order.ts";
import { beginSegment, encodeAppend, type JournalRecord, recordOf } from "./journal-record.ts";
import { JournalSegments, type Segment } from "./journal-segments.ts";
import { writeFiles } from "./write-files.ts";

/** Where files are written though writers have not paused, and where writers wait for that, in bytes. */
const backlogToWrite = 32 * 1024 * 1024;
const backlogToWait = 64 * 1024 * 1024;
/** What a segment grows to: of one name written again and again nothing comes together, and a replay reads segments whole. */
const largeSegment = 64 * 1024 * 1024;
/** What segments take at most: one whose file cannot be written keeps all later ones. */
const mostBytes = 256 * 1024 * 1024;
/** One is on its way to the disk while the next is made. */
const appendsTogether = 2;
/** How long writers pause before their files are written, and how long at most these are behind. */
const pauseMs = 50;
const behindMs = 5_000;
/** How long to wait before what could not be written is tried again. */
const retryMs = 1_000;

/** What the journal tells of itself. */
export interface JournalStatistics {
  /** Files that are not written yet. */
  readonly pending: number;
  /** The bytes of their newest records. */
  readonly pendingBytes: number;
  /** Why files cannot be written at the moment; null if they can. */
  readonly problem: string | null;
}

/** The journal of one open store. What it acknowledges is durable; the files are there after {@link drain}. */
export class Journal {
  readonly #tree: DurableTree;
  readonly #commits: GroupCommit;
  readonly #segments = new JournalSegments();
  readonly #order = new AppendOrder();
  #number = 0;
  #problem: Error | undefined;
  /** The bytes of records whose files could not be written last time. */
  #stuckBytes = 0;
  #writing: Promise<void> | undefined;
  #progress = Promise.withResolvers<void>();
  #timer: NodeJS.Timeout | undefined;
  #lastAppend = 0;
  #oldest = 0;
  #isClosed = false;

  constructor(tree: DurableTree) {
    this.#tree = tree;
    this.#commits = new GroupCommit((changes) => this.#append(changes), appendsTogether);
  }

  /** What was acknowledged, in how many appends. */
  get commits(): Omit<CommitStatistics, "syncs"> {
    const { batches, changes, largestBatch } = this.#commits.statistics;
    return { batches, changes, largestBatch };
  }

  get statistics(): JournalStatistics {
    const problem = this.#problem?.message ?? null;
    const { pending, pendingBytes } = this.#segments;
    return { pending, pendingBytes, problem };
  }

  /** Resolves when the change is in the log for good, or made. No two of one file at once. */
  async commit(change: Change): Promise<void> {
    try {
      if (this.#isFarBehind) await this.#waitForFiles();
      await this.#commits.add(change);
    } catch (error) {
      if (!this.#canGoWithout(change, error)) throw error;
      await this.#tree.commit(change);
    }
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

  get #isFarBehind(): boolean {
    const { pendingBytes, bytes } = this.#segments;
    return pendingBytes > backlogToWait || bytes > mostBytes;
  }

  /** Waits while files are too far behind. Throws if they are because they cannot be written. */
  async #waitForFiles(): Promise<void> {
    const segments = this.#segments;
    while (this.#isFarBehind) {
      // A single file that cannot be written does not keep the others waiting, unless its segment has kept too many.
      if (this.#stuckBytes > backlogToWrite || segments.bytes > mostBytes) this.#assertProgress();
      // Now: the timer would let a process end that has nothing else to wait for.
      void this.#write();
      await this.#progress.promise;
    }
  }

  /** Whether a removal that the log has no room for can be made without: it makes room. Not if a replay would undo it. */
  #canGoWithout({ put, removes }: Change, error: unknown): boolean {
    const isFull = BackendError.is(error, "no_space") && error.outcome === "none";
    return isFull && put === undefined && !removes.some((path) => this.#segments.has(path));
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

  async #append(changes: readonly Change[]): Promise<CommitResult> {
    const sent = await this.#order.follow(() => this.#appendBehind(changes));
    return sent ?? this.#order.alone(() => this.#appendAlone(changes));
  }

  /** Undefined if a segment has to begin or if something is in the way: then nothing was added. */
  async #appendBehind(changes: readonly Change[]): Promise<CommitResult | undefined> {
    const { current } = this.#segments;
    if (current === undefined || current.end > largeSegment) return undefined;
    const append = appendTo(current, changes);
    const result = await this.#tree.appendBehind(append);
    return result && this.#noted(changes, append.records, result);
  }

  async #appendAlone(changes: readonly Change[]): Promise<CommitResult> {
    const segments = this.#segments;
    if (segments.current !== undefined && segments.current.length > largeSegment) segments.end();
    const segment = segments.current ?? segments.begin(await this.#createSegment());
    const append = appendTo(segment, changes);
    return this.#noted(changes, append.records, await this.#tree.appendAlone(append));
  }

  #noted(
    changes: readonly Change[],
    records: readonly JournalRecord[],
    result: CommitResult,
  ): CommitResult {
    const segments = this.#segments;
    if (segments.pending === 0) this.#oldest = performance.now();
    for (const [index, change] of changes.entries()) {
      if (result.errors[index] === undefined) segments.note(change, records[index]?.size ?? 0);
    }
    this.#lastAppend = performance.now();
    this.#writeSoon(segments.pendingBytes > backlogToWrite ? 0 : pauseMs);
    return result;
  }

  async #createSegment(): Promise<Segment> {
    const path = `${journalDirectory}/${++this.#number}`;
    const { mark, header } = beginSegment();
    await this.#tree.makeParents([path]);
    await this.#tree.createFiles([{ path, bytes: header }]);
    await this.#tree.syncDirectories([posix.dirname(path)]);
    return { path, mark, length: header.length, end: header.length };
  }

  #writeSoon(ms: number): void {
    if (this.#timer !== undefined || this.#writing !== undefined || this.#isClosed) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      const now = performance.now();
      const hasPaused = now - this.#lastAppend >= pauseMs;
      const isDue = now - this.#oldest > behindMs || this.#segments.pendingBytes > backlogToWrite;
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
      const { pending, pendingBytes } = this.#segments;
      if (this.#problem !== undefined) this.#writeSoon(retryMs);
      else if (pending > 0) this.#writeSoon(pendingBytes > backlogToWrite ? 0 : pauseMs);
    }));
  }

  async #writeAll(): Promise<void> {
    try {
      await this.#writePending();
      this.#problem = undefined;
    } catch (error) {
      this.#problem = error as Error;
    }
  }

  async #writePending(): Promise<void> {
    const segments = this.#segments;
    const hadFull = segments.hasFull;
    // What comes from now on goes to a segment that stays when these are gone. Behind one that cannot go, no more pile up.
    if (!hadFull) await this.#order.alone(async () => segments.end());
    const failed = await writeFiles(this.#tree, segments.changes(), (change) => {
      segments.written(change);
      this.#advanced();
    });
    this.#stuckBytes = segments.bytesOf(failed.map(({ change }) => change));
    for (let { spent } = segments; spent !== undefined; { spent } = segments) {
      await this.#tree.removeFiles([spent.path]);
      segments.dropOldest();
    }
    for (const { error } of failed) throw error;
    if (hadFull) await this.#writePending();
  }

  #advanced(): void {
    this.#progress.resolve();
    this.#progress = Promise.withResolvers<void>();
  }
}

function appendTo(segment: Segment, changes: readonly Change[]): Append<JournalRecord> {
  return {
    file: segment,
    records: changes.map(recordOf),
    paths: changes.map(({ put }) => (put === undefined ? [] : [put.path])),
    encode: (records, at) => encodeAppend(records, segment.mark, at),
  };
}
