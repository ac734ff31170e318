/** One watch: the present state, then changes, for a reader who may be slow. */

import type { Cursor, Resource, Watch, WatchEvent } from "@engenho/sdk";
import type { Row } from "./rows.ts";

/** With `resume: false` a cursor names a point that nobody can go back to. */
export const cursor = "not-resumable" as Cursor;

export type ChangeType = "added" | "modified" | "deleted";

/** What a watch needs of its store. */
export interface WatchSource {
  readonly bufferLimit: number;
  readonly signal: AbortSignal | undefined;
  /** What there is now, in list order. */
  readonly present: () => readonly Resource[];
  /** A row as its reader wants it, with bytes of the reader's own. */
  readonly render: (row: Row) => Resource;
  readonly closed: () => void;
}

export class StoreWatch implements Watch {
  readonly #source: WatchSource;
  #replay: Iterator<WatchEvent>;
  #live: { type: ChangeType; row: Row }[] = [];
  #isClosed = false;
  #wake = (): void => {};
  /** Calls of `next` are answered one behind the other. */
  #last: Promise<unknown> = Promise.resolve();
  readonly #abort = (): void => void this.close();

  constructor(source: WatchSource) {
    this.#source = source;
    this.#replay = replay(source.present());
    source.signal?.addEventListener("abort", this.#abort);
  }

  change(type: ChangeType, row: Row): void {
    const waiting = this.#live.push({ type, row });
    if (waiting > this.#source.bufferLimit) this.reset("the reader fell behind");
    this.#wake();
  }

  reset(reason: string): void {
    this.#live = [];
    this.#replay = this.#restart(reason);
    this.#wake();
  }

  /** Runs when the reset is read, and shows the state of that moment. */
  *#restart(reason: string): Generator<WatchEvent> {
    this.#live = [];
    const state = this.#source.present();
    yield { type: "reset", reason };
    yield* replay(state);
  }

  /** No async generator: its `return` would queue behind a `next` that waits. */
  [Symbol.asyncIterator](): AsyncIterator<WatchEvent, undefined> {
    return {
      next: () => {
        const step = this.#last.then(() => this.#step());
        this.#last = step.catch(() => this.close());
        return step;
      },
      return: async () => {
        await this.close();
        return { done: true, value: undefined };
      },
    };
  }

  async #step(): Promise<IteratorResult<WatchEvent, undefined>> {
    while (!this.#isClosed) {
      const event = this.#next();
      if (event !== undefined) return { done: false, value: event };
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
    return { done: true, value: undefined };
  }

  #next(): WatchEvent | undefined {
    const replayed = this.#replay.next();
    if (replayed.done !== true) return replayed.value;
    const change = this.#live.shift();
    if (change === undefined) return undefined;
    return { type: change.type, resource: this.#source.render(change.row), cursor };
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#live = [];
    this.#source.signal?.removeEventListener("abort", this.#abort);
    this.#source.closed();
    this.#wake();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

function* replay(state: readonly Resource[]): Generator<WatchEvent> {
  for (const resource of state) yield { type: "added", resource, cursor };
  yield { type: "bookmark", cursor };
}
