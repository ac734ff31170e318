/** Which segments a journal has on the disk, and what of them is not in its file yet. */

import type { RecordFile } from "../commit/append-records.ts";
import type { Change } from "../commit/commit-batch.ts";

/** A file of records. */
export interface Segment extends RecordFile {
  /** What its records begin with. */
  readonly mark: Uint8Array;
}

/** A segment with what it has. */
interface KeptSegment extends Segment {
  /** Files of which it has a record, be they written or not: a replay would write them. */
  readonly paths: Set<string>;
  /** How many files wait for a record of it. */
  waiting: number;
}

/** A change that is not in its file. */
interface PendingChange {
  readonly change: Change;
  /** The bytes of its record. */
  readonly size: number;
  readonly segment: KeptSegment;
}

/**
 * The segments, the oldest first, and the newest change of each file that is not written. An older change of a file
 * needs no writing any more: a replay takes the newer one, whose segment goes later.
 */
export class JournalSegments {
  readonly #full: KeptSegment[] = [];
  #current: KeptSegment | undefined;
  readonly #pending = new Map<string, PendingChange>();
  #pendingBytes = 0;

  /** The one that records go to. */
  get current(): Segment | undefined {
    return this.#current;
  }

  /** How many files are not written. */
  get pending(): number {
    return this.#pending.size;
  }

  /** The bytes of their records. */
  get pendingBytes(): number {
    return this.#pendingBytes;
  }

  /** The bytes of all segments. */
  get bytes(): number {
    return this.#all().reduce((sum, { length }) => sum + length, 0);
  }

  /** Whether there are segments that nothing is added to. */
  get hasFull(): boolean {
    return this.#full.length > 0;
  }

  /** The oldest segment, if it is full and all of it is written. */
  get spent(): Segment | undefined {
    const [oldest] = this.#full;
    return oldest?.waiting === 0 ? oldest : undefined;
  }

  /** Takes a new segment for records to come. */
  begin(segment: Segment): Segment {
    this.#current = { ...segment, paths: new Set(), waiting: 0 };
    return this.#current;
  }

  /** Adds nothing more to the one that records went to. */
  end(): void {
    if (this.#current !== undefined) this.#full.push(this.#current);
    this.#current = undefined;
  }

  /** The oldest one is gone. Never before an older one: that would bring back what this one's changes replaced. */
  dropOldest(): void {
    this.#full.shift();
  }

  /** Whether a replay would make a change of this file. */
  has(path: string): boolean {
    return this.#all().some(({ paths }) => paths.has(path));
  }

  /** The current segment has a record of a change, of so many bytes. */
  note(change: Change, size: number): void {
    const segment = this.#current;
    if (segment === undefined) return;
    for (const path of change.put === undefined ? change.removes : [change.put.path]) {
      this.#forget(path);
      const only = change.put === undefined ? { removes: [path] } : change;
      this.#pending.set(path, { change: only, size, segment });
      this.#pendingBytes += size;
      segment.paths.add(path);
      segment.waiting++;
    }
  }

  /** The changes to write, one of each file. */
  changes(): readonly Change[] {
    return [...this.#pending.values()].map(({ change }) => change);
  }

  /** A change of {@link changes} is in its file. If there is a newer one by now, that one still has to be. */
  written(change: Change): void {
    const path = pathOf(change);
    if (this.#pending.get(path)?.change === change) this.#forget(path);
  }

  /** The bytes of the records of changes of {@link changes} that are not replaced by now. */
  bytesOf(changes: readonly Change[]): number {
    const pending = changes.map((change) => ({ change, now: this.#pending.get(pathOf(change)) }));
    return pending.reduce(
      (sum, { change, now }) => sum + (now?.change === change ? now.size : 0),
      0,
    );
  }

  #forget(path: string): void {
    const pending = this.#pending.get(path);
    if (pending === undefined) return;
    this.#pending.delete(path);
    this.#pendingBytes -= pending.size;
    pending.segment.waiting--;
  }

  #all(): readonly KeptSegment[] {
    return this.#current === undefined ? this.#full : [...this.#full, this.#current];
  }
}

function pathOf({ put, removes }: Change): string {
  return put?.path ?? removes[0] ?? "";
}
