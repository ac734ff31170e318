/** Fans changes out to watches, and remembers the latest for those that come back. */

import type { Cursor } from "../contract/index.ts";
import type { Entry } from "./entry.ts";

/** One change of the store. */
export interface Change {
  readonly type: "added" | "modified" | "deleted";
  readonly entry: Entry;
  readonly cursor: Cursor;
}

/** What the hub tells. None of these may throw or wait. */
export interface Subscriber {
  /** A change of any kind and namespace. */
  change(change: Change): void;
  /** The state was replaced, or its changes were missed. */
  reset(reason: string): void;
  /** No more will come: the store was closed (undefined) or failed. */
  end(error: Error | undefined): void;
}

/** How far back a watch can resume: changes, and bytes of envelopes. */
const maxHistoryLength = 4_096;
const maxHistoryBytes = 16 * 1024 * 1024;

/** The sequence of a store's changes. Cursors are `<epoch>-<changes so far>`. */
export class WatchHub {
  readonly #epoch: string;
  readonly #subscribers = new Set<Subscriber>();
  /** The latest changes, oldest first; the first one is number `#sequence - length + 1`. */
  #history: Change[] = [];
  #historyBytes = 0;
  #sequence = 0;
  #isHeld = false;

  constructor(epoch: string) {
    this.#epoch = epoch;
  }

  get subscriberCount(): number {
    return this.#subscribers.size;
  }

  /** The present point in the sequence. */
  get cursor(): Cursor {
    return this.#cursorAt(this.#sequence);
  }

  /**
   * The cursor of a replayed resource: it names no point between two changes (the replay shows one
   * point, but only its end is past all of it), so resuming from it is a reset.
   */
  get replayCursor(): Cursor {
    return `${this.cursor}-replay` as Cursor;
  }

  subscribe(subscriber: Subscriber): void {
    this.#subscribers.add(subscriber);
  }

  unsubscribe(subscriber: Subscriber): void {
    this.#subscribers.delete(subscriber);
  }

  publish(type: Change["type"], entry: Entry): void {
    if (this.#isHeld) return;
    this.#sequence++;
    const change = { type, entry, cursor: this.cursor };
    this.#history.push(change);
    this.#historyBytes += entry.envelope.length;
    this.#trimHistory();
    for (const subscriber of [...this.#subscribers]) subscriber.change(change);
  }

  /** Everything after a cursor, oldest first; undefined if that can't be had. */
  since(cursor: Cursor): readonly Change[] | undefined {
    const oldest = this.#sequence - this.#history.length;
    const sequence = Number(cursor.slice(this.#epoch.length + 1));
    if (!Number.isSafeInteger(sequence) || this.#cursorAt(sequence) !== cursor) return undefined;
    if (sequence < oldest || sequence > this.#sequence) return undefined;
    return this.#history.slice(sequence - oldest);
  }

  /** Tells every watch to start over, and forgets the changes that led here. */
  reset(reason: string): void {
    if (this.#isHeld) return;
    this.#sequence++;
    this.#history = [];
    this.#historyBytes = 0;
    for (const subscriber of [...this.#subscribers]) subscriber.reset(reason);
  }

  /** From now on nothing is told, until {@link WatchHub.release}. */
  hold(): void {
    this.#isHeld = true;
  }

  /** Tells of everything since {@link WatchHub.hold} by one reset. */
  release(reason: string): void {
    this.#isHeld = false;
    this.reset(reason);
  }

  end(error?: Error): void {
    for (const subscriber of [...this.#subscribers]) subscriber.end(error);
    this.#subscribers.clear();
  }

  #cursorAt(sequence: number): Cursor {
    return `${this.#epoch}-${sequence}` as Cursor;
  }

  /** Drops the older half when there is too much, which costs less than dropping one at a time. */
  #trimHistory(): void {
    while (this.#history.length > maxHistoryLength || this.#historyBytes > maxHistoryBytes) {
      const kept = this.#history.length >> 1;
      this.#history = this.#history.slice(this.#history.length - kept);
      this.#historyBytes = this.#history.reduce((sum, { entry }) => sum + entry.envelope.length, 0);
    }
  }
}
