/** Follows a system that others write to, through whatever trouble passes. */

import { BackendError } from "../contract/index.ts";
import { type Driver, StoreFailedError } from "./driver.ts";
import type { FeedEvent, Position } from "./feed-event.ts";
import type { Lifecycle } from "./lifecycle.ts";
import { pause } from "./pause.ts";
import { PositionWaiters } from "./position-waiters.ts";
import { readStore } from "./read-store.ts";
import type { StoreState } from "./store-state.ts";

/** A driver that can be followed. */
export type FollowedDriver = Driver & Required<Pick<Driver, "changes">>;

export function isFollowed(driver: Driver): driver is FollowedDriver {
  return driver.changes !== undefined;
}

/** What a feed is made of. */
export interface FeedParts {
  readonly driver: FollowedDriver;
  readonly state: StoreState;
  readonly lifecycle: Lifecycle;
  /** How long it may be lost before the store is out of reach, in milliseconds. */
  readonly timeoutMs: number;
  /** What the state shows. */
  readonly position: Position;
}

/** The only one who writes the mirror of such a store. */
export class Feed {
  readonly #driver: FollowedDriver;
  readonly #state: StoreState;
  readonly #lifecycle: Lifecycle;
  readonly #timeoutMs: number;
  readonly #waiters: PositionWaiters;
  readonly #ending = new AbortController();
  #isFollowing = false;
  /** Attempts to follow since the last change. */
  #attempts = 0;
  /** What whoever waits is told while the store is out of reach. */
  #outOfReach: BackendError | undefined;
  #patience: ReturnType<typeof setTimeout> | undefined;

  /** Begins to follow; rejects if the driver cannot. */
  static async open(parts: FeedParts): Promise<Feed> {
    const feed = new Feed(parts);
    const events = await feed.#connect();
    void feed.#run(events);
    return feed;
  }

  private constructor({ driver, state, lifecycle, timeoutMs, position }: FeedParts) {
    this.#driver = driver;
    this.#state = state;
    this.#lifecycle = lifecycle;
    this.#timeoutMs = timeoutMs;
    this.#waiters = new PositionWaiters(position);
  }

  /** Aborted when nobody is to be told any more. */
  get signal(): AbortSignal {
    return this.#ending.signal;
  }

  /** For diagnostics: whether the system is followed now, and how far it was. */
  get status(): { readonly following: boolean; readonly position: string } {
    return { following: this.#isFollowing, position: String(this.#waiters.reached) };
  }

  /** Resolves once readers see everything up to a position. Rejects with an unknown outcome if they will not soon. */
  async passed(position: Position): Promise<void> {
    if (position > this.#waiters.reached && this.#outOfReach !== undefined) throw this.#outOfReach;
    await this.#waiters.wait(position);
  }

  /**
   * Reads everything anew, beside the feed. Watches start over if that is further than the feed has come: nobody knows
   * then what happened in between, not even that nothing did because nothing is different.
   */
  async reload(reason: string): Promise<void> {
    const content = await readStore(this.#driver, () => this.#state.mintRevision());
    const { position = this.#waiters.reached } = content;
    if (this.signal.aborted || position <= this.#waiters.reached) return;
    this.#state.show(content);
    this.#state.hub.reset(reason);
    this.#waiters.reach(position);
  }

  /** Follows no more. Whoever still waits is rejected. */
  close(): void {
    this.#end(
      new BackendError("closed", "the backend was closed before the change was seen", {
        outcome: "unknown",
      }),
    );
  }

  async #connect(): Promise<AsyncIterable<FeedEvent>> {
    const events = await this.#driver.changes(this.#waiters.reached, this.signal);
    this.#isFollowing = true;
    this.#outOfReach = undefined;
    this.#lifecycle.recovered();
    return events;
  }

  async #run(first: AsyncIterable<FeedEvent>): Promise<void> {
    let events: AsyncIterable<FeedEvent> | undefined = first;
    while (!this.signal.aborted) {
      try {
        await this.#follow(events ?? (await this.#connect()));
      } catch (error) {
        if (!this.signal.aborted) this.#lost(error);
      }
      events = undefined;
      await pause(pauseAfter(this.#attempts++), this.signal);
    }
  }

  /** Returns after a gap, with everything read anew; throws at any other end. */
  async #follow(events: AsyncIterable<FeedEvent>): Promise<void> {
    let gap: string | undefined;
    for await (const event of events) {
      if (this.signal.aborted) return;
      if (event.type === "gap") {
        gap = event.reason;
        break;
      }
      this.#take(event);
    }
    if (gap !== undefined) return await this.reload(gap);
    throw new Error("the driver's changes have ended");
  }

  #take({ position, changes }: FeedEvent & { type: "changes" }): void {
    this.#attempts = 0;
    clearTimeout(this.#patience);
    this.#patience = undefined;
    if (position <= this.#waiters.reached) return;
    for (const change of changes) {
      if (change.type === "put") this.#state.found(change.entry);
      else if (change.type === "remove") this.#state.removed(change.ref);
      else this.#state.damage.add(change.damaged);
    }
    this.#waiters.reach(position);
  }

  #lost(error: unknown): void {
    const cause = error instanceof Error ? error : new Error(String(error));
    this.#isFollowing = false;
    this.#lifecycle.lastError = `the system's changes: ${cause.message}`;
    if (cause instanceof StoreFailedError) {
      const failure = this.#lifecycle.fail(cause);
      this.#state.hub.end(this.#lifecycle.watchFailure());
      this.#end(failure);
    } else if (BackendError.is(cause) && !cause.retryable) this.#giveUp(cause);
    else this.#patience ??= setTimeout(() => this.#loseFor(cause), this.#timeoutMs);
  }

  /** Gives up if the trouble is there still. */
  #loseFor(cause: Error): void {
    this.#patience = undefined;
    if (!this.#isFollowing) this.#giveUp(cause);
  }

  /** Lets nobody wait until the system can be followed again. */
  #giveUp(cause: Error): void {
    this.#outOfReach = this.#lifecycle.outOfReach(cause);
    this.#state.hub.end(this.#lifecycle.watchFailure());
    this.#waiters.reject(this.#outOfReach);
  }

  #end(error: BackendError): void {
    this.#outOfReach ??= error;
    clearTimeout(this.#patience);
    this.#ending.abort();
    this.#isFollowing = false;
    this.#waiters.reject(error);
  }
}

/** Milliseconds before another attempt: none at first, then 20, 40, … up to two seconds. */
function pauseAfter(attempts: number): number {
  return attempts === 0 ? 0 : Math.min(10 * 2 ** attempts, 2_000);
}
