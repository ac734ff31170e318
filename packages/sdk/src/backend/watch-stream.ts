/** One watch: the present state, then changes, for a reader that may be slow. */

import type { Cursor, Resource, ResourceFormat, Watch, WatchEvent } from "../contract/index.ts";
import type { Entry } from "./entry.ts";
import type { Change, Subscriber } from "./watch-hub.ts";

/** What a watch needs of its backend. */
export interface WatchSource {
  /** The present entries in list order: an array that nobody changes. Throws what the watch ends with if they can't be had. */
  view(): readonly Entry[];
  /** The present point in the sequence of changes, and the one that replayed resources carry. */
  readonly cursor: Cursor;
  readonly replayCursor: Cursor;
  render(entry: Entry, format: ResourceFormat): Resource;
  /** Called once, when the watch has ended for whatever reason. */
  closed(stream: WatchStream): void;
}

/** What a watch is about. */
export interface WatchScope {
  readonly kind: string;
  readonly namespace: string | undefined;
  readonly format: ResourceFormat;
  readonly bufferLimit: number;
}

type Step = IteratorResult<WatchEvent, undefined>;

/** Resolves the promise of a call of `next`; with a promise that is rejected, rejects it. */
type Waiter = (step: Step | Promise<Step>) => void;

const done: Step = Object.freeze({ done: true, value: undefined });

/** Pull-driven: events are rendered when they are read, so a reader that stops costs only the buffer. */
export class WatchStream implements Watch, Subscriber {
  readonly #source: WatchSource;
  readonly #scope: WatchScope;
  /** Events that come before live ones, produced one at a time from an immutable view, while there are. */
  #replay: Iterator<WatchEvent> | undefined;
  #live: Change[] = [];
  /** How many of `#live` were read: dropping them one by one would move the rest each time. */
  #liveRead = 0;
  #resetReason: string | undefined;
  #error: Error | undefined;
  #ended = false;
  readonly #waiters: Waiter[] = [];
  /** One for all calls of `next`: a thousand watches wait anew after each event. */
  readonly #wait = (resolve: Waiter): void => void this.#waiters.push(resolve);

  /** Starts with these missed changes, or (undefined) with the whole state. */
  constructor(source: WatchSource, scope: WatchScope, missed: readonly Change[] | undefined) {
    this.#source = source;
    this.#scope = scope;
    this.#replay =
      missed === undefined ? this.#replayState() : this.#replayChanges(missed, source.cursor);
  }

  change(change: Change): void {
    if (this.#ended || this.#resetReason !== undefined || !this.#concerns(change)) return;
    if (this.#live.length - this.#liveRead >= this.#scope.bufferLimit) {
      this.reset(
        `the reader fell behind: more than ${this.#scope.bufferLimit} events were waiting`,
      );
      return;
    }
    // Whoever waits has read everything before.
    const waiter = this.#waiters.shift();
    if (waiter === undefined) this.#live.push(change);
    else waiter({ done: false, value: this.#event(change) });
  }

  reset(reason: string): void {
    if (this.#ended) return;
    this.#resetReason = reason;
    this.#clearLive();
    this.#serve();
  }

  /** Ends the iteration: at once without an error, after what is waiting with one. */
  end(error?: Error): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#error = error;
    if (error === undefined) this.#dropWaiting();
    this.#serve();
    this.#source.closed(this);
  }

  async close(): Promise<void> {
    this.#error = undefined;
    this.#dropWaiting();
    this.end();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  [Symbol.asyncIterator](): AsyncIterator<WatchEvent, undefined> {
    return {
      next: () => this.#next(),
      return: async () => {
        await this.close();
        return { done: true, value: undefined };
      },
    };
  }

  #next(): Promise<Step> {
    const event = this.#take();
    if (event !== undefined) return Promise.resolve({ done: false, value: event });
    return this.#ended ? this.#lastStep() : new Promise<Step>(this.#wait);
  }

  /** Answers as many waiting calls of `next` as there are answers. */
  #serve(): void {
    while (this.#waiters.length > 0) {
      const event = this.#take();
      if (event === undefined && !this.#ended) return;
      const waiter = this.#waiters.shift() as Waiter;
      waiter(event === undefined ? this.#lastStep() : { done: false, value: event });
    }
  }

  /** The error if there is one, and the end from then on. */
  #lastStep(): Promise<Step> {
    const error = this.#error;
    this.#error = undefined;
    return error === undefined ? Promise.resolve(done) : Promise.reject(error);
  }

  #take(): WatchEvent | undefined {
    if (this.#resetReason !== undefined) return this.#startOver(this.#resetReason);
    if (this.#replay !== undefined) {
      const replayed = this.#replay.next();
      if (replayed.done !== true) return replayed.value;
      this.#replay = undefined;
    }
    const change = this.#live[this.#liveRead];
    if (change === undefined) return undefined;
    this.#liveRead++;
    if (this.#liveRead > this.#live.length / 2) {
      this.#live = this.#live.slice(this.#liveRead);
      this.#liveRead = 0;
    }
    return this.#event(change);
  }

  #startOver(reason: string): WatchEvent | undefined {
    this.#resetReason = undefined;
    try {
      this.#replay = this.#replayState();
    } catch (error) {
      this.#dropWaiting();
      this.#ended = true;
      this.#error = error as Error;
      this.#source.closed(this);
      return undefined;
    }
    return { type: "reset", reason };
  }

  /** The state as it is now, whatever changes later. */
  #replayState(): Iterator<WatchEvent> {
    const { cursor, replayCursor } = this.#source;
    return this.#replayView(this.#source.view(), replayCursor, cursor);
  }

  *#replayView(
    view: readonly Entry[],
    replayCursor: Cursor,
    cursor: Cursor,
  ): Generator<WatchEvent> {
    for (const entry of view) yield this.#event({ type: "added", entry, cursor: replayCursor });
    yield { type: "bookmark", cursor };
  }

  *#replayChanges(missed: readonly Change[], cursor: Cursor): Generator<WatchEvent> {
    for (const change of missed) if (this.#concerns(change)) yield this.#event(change);
    yield { type: "bookmark", cursor };
  }

  #event({ type, entry, cursor }: Change): WatchEvent {
    return { type, resource: this.#source.render(entry, this.#scope.format), cursor };
  }

  #concerns({ entry: { ref } }: Change): boolean {
    const { kind, namespace } = this.#scope;
    return ref.kind === kind && (namespace === undefined || ref.namespace === namespace);
  }

  #clearLive(): void {
    this.#live = [];
    this.#liveRead = 0;
  }

  #dropWaiting(): void {
    this.#clearLive();
    this.#resetReason = undefined;
    this.#replay = undefined;
  }
}
