/** Follows a system that others write to, through whatever trouble passes. */

import { BackendError } from "../contract/index.ts";
import { boundedCall } from "./bounded-call.ts";
import { Connection, type Gap } from "./connection.ts";
import { type Driver, StoreFailedError } from "./driver.ts";
import type { FeedEvent, Position } from "./feed-event.ts";
import type { Done } from "./feed-order.ts";
import type { Lifecycle } from "./lifecycle.ts";
import { Outage } from "./outage.ts";
import { Patience } from "./patience.ts";
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
  /** How long it took to load that, in milliseconds. */
  readonly loadMs: number;
}

/** How often what a load took the next one may take, where that is more than `timeoutMs`. */
const loadPatience = 10;

/** A connection that stood so long has held: the next attempt is a first one. In milliseconds. */
const heldMs = 100;

/** The only one who writes the mirror of such a store. */
export class Feed {
  readonly #driver: FollowedDriver;
  readonly #state: StoreState;
  readonly #lifecycle: Lifecycle;
  readonly #timeoutMs: number;
  /** How long a load may take, in milliseconds. */
  #loadTimeoutMs: number;
  readonly #waiters: PositionWaiters;
  readonly #outage: Outage;
  /** Runs while somebody waits and nothing moves. */
  readonly #silence: Patience;
  readonly #ending = new AbortController();
  #connection = new Connection();
  #isLoading = false;
  /** Attempts to follow since the feed has moved, or a connection has held. */
  #attempts = 0;
  #running: Promise<void> = Promise.resolve();
  /** What earlier connections have not freed yet. */
  readonly #freeing = new Set<Promise<void>>();

  /** Begins to follow; rejects if the driver cannot. */
  static async open(parts: FeedParts): Promise<Feed> {
    const feed = new Feed(parts);
    await feed.#connection.open(feed.#driver, parts.position);
    feed.#outage.following();
    feed.#running = feed.#run();
    return feed;
  }

  private constructor({ driver, state, lifecycle, timeoutMs, position, loadMs }: FeedParts) {
    this.#driver = driver;
    this.#state = state;
    this.#lifecycle = lifecycle;
    this.#timeoutMs = timeoutMs;
    this.#loadTimeoutMs = this.#patienceAfter(loadMs);
    this.#waiters = new PositionWaiters(position);
    this.#silence = new Patience(timeoutMs, () => this.#silent());
    this.#outage = new Outage({ lifecycle, timeoutMs, giveUp: (error) => this.#giveUp(error) });
    lifecycle.whenFailed((failure) => this.#end(failure));
  }

  /** For diagnostics: whether the system is followed now, and how far it was. */
  get status(): { readonly following: boolean; readonly position: string } {
    return { following: this.#outage.isFollowing, position: String(this.#waiters.reached) };
  }

  /**
   * Resolves once readers see everything up to a position. Rejects with an unknown outcome if they will not soon, and
   * with the signal's reason when that is aborted.
   */
  async passed(position: Position, signal?: AbortSignal): Promise<void> {
    if (position <= this.#waiters.reached) return;
    this.#ending.signal.throwIfAborted();
    if (this.#outage.error !== undefined) throw this.#outage.error;
    const passed = this.#waiters.wait(position, signal);
    if (this.#waiters.size > 0) this.#silence.begin();
    try {
      await passed;
    } finally {
      if (this.#waiters.size === 0) this.#silence.end();
    }
  }

  /**
   * A write is done, and resolves as {@link Feed.passed} does. If readers see everything that was before it, they see it at
   * once: when the feed tells of it, that is a repetition.
   */
  async done({ position, previous }: Done, show: () => void): Promise<void> {
    // What is being loaded may be of another history, with a count of its own.
    const isNext = previous === this.#waiters.reached && !this.#isLoading;
    if (!isNext || this.#ending.signal.aborted) return this.passed(position);
    show();
    this.#waiters.reach(position);
  }

  /** Asks the driver something: no longer than the patience lasts, and not after the end. */
  ask<T>(name: string, call: (signal: AbortSignal) => Promise<T>): Promise<T> {
    return boundedCall(call, { name, timeoutMs: this.#timeoutMs, until: this.#ending.signal });
  }

  /** Follows no more: whoever still waits is rejected. Resolves when the driver has freed what it held for that. */
  async close(): Promise<void> {
    this.#end(
      new BackendError("closed", "the backend was closed before the change was seen", {
        outcome: "unknown",
      }),
    );
    await this.#running;
    await Promise.all(this.#freeing);
  }

  async #run(): Promise<void> {
    for (let isConnected = true; ; isConnected = false) {
      const began = performance.now();
      try {
        if (!isConnected) await this.#connect();
        await this.#follow(this.#connection);
      } catch (error) {
        if (!this.#ending.signal.aborted) this.#lost(error);
      }
      this.#free(this.#connection);
      if (performance.now() - began >= heldMs) this.#attempts = 0;
      await pause(pauseAfter(this.#attempts++), this.#ending.signal);
      if (this.#ending.signal.aborted) return;
    }
  }

  async #connect(): Promise<void> {
    this.#connection = new Connection();
    this.#outage.connecting();
    await this.#connection.open(this.#driver, this.#waiters.reached);
    this.#outage.following();
  }

  /** Resolves at the end of a connection, and after a gap with everything read anew. */
  async #follow(connection: Connection): Promise<void> {
    const gap = await connection.follow(
      (event) => this.#take(event),
      (reason) => this.#outage.reloading(reason),
    );
    if (gap === undefined) this.#outage.ended();
    else await this.#reload(gap, connection);
  }

  #take({ position, changes }: FeedEvent & { type: "changes" }): void {
    if (position <= this.#waiters.reached) return;
    for (const change of changes) {
      if (change.type === "put") this.#state.found(change.entry);
      else if (change.type === "remove") this.#state.removed(change.ref);
      else if (change.type === "damage") this.#state.damage.add(change.damaged);
      else this.#state.damage.mend(change.where);
    }
    this.#moved(position);
  }

  /**
   * Reads everything anew, and goes on from there, also where the system's count has gone back: it is another history
   * then. Watches start over: nobody knows what happened meanwhile, not even that nothing did.
   */
  async #reload({ reason, isOtherHistory }: Gap, connection: Connection): Promise<void> {
    const before = this.#waiters.reached;
    this.#isLoading = true;
    try {
      const content = await this.#load(connection);
      const { position = before } = content;
      this.#state.show(content);
      this.#state.hub.reset(reason);
      if (isOtherHistory === true || position < before) {
        const lost = `${reason}: its count has gone back, and is at ${position} now`;
        this.#waiters.reject(new BackendError("unavailable", lost, { outcome: "unknown" }));
      }
      this.#moved(position);
    } finally {
      this.#isLoading = false;
    }
  }

  async #load(connection: Connection): ReturnType<typeof readStore> {
    const patience = new Patience(this.#loadTimeoutMs, () => {
      const reason = `the driver's load has not ended within ${this.#loadTimeoutMs} ms`;
      connection.abort(new BackendError("timeout", reason));
      // The store may have grown since it was last loaded, and would never come back.
      this.#loadTimeoutMs *= 2;
    });
    const began = performance.now();
    patience.begin();
    try {
      const { mintRevision } = this.#state;
      const store = readStore(this.#driver, mintRevision, connection.signal);
      const content = await connection.step(store);
      this.#loadTimeoutMs = this.#patienceAfter(performance.now() - began);
      return content;
    } finally {
      patience.end();
    }
  }

  #patienceAfter(loadMs: number): number {
    return Math.max(this.#timeoutMs, loadPatience * loadMs);
  }

  #moved(position: Position): void {
    this.#attempts = 0;
    this.#outage.proven();
    this.#waiters.reach(position);
    if (this.#waiters.size > 0) this.#silence.restart();
  }

  #lost(error: unknown): void {
    const cause = error instanceof Error ? error : new Error(String(error));
    if (cause instanceof StoreFailedError) this.#lifecycle.fail(cause);
    else this.#outage.lost(cause);
  }

  /** Somebody has waited for as long as anybody does, and nothing has moved: a connection may be dead and not tell. */
  #silent(): void {
    const { reached } = this.#waiters;
    const cause = `nothing after position ${reached} has come for ${this.#timeoutMs} ms, and somebody waits for it`;
    this.#outage.silent(new Error(cause));
  }

  /** Lets nobody wait until the system can be followed again. */
  #giveUp(error: BackendError): void {
    this.#state.hub.end(this.#lifecycle.watchFailure());
    this.#waiters.reject(error);
    // A load has a patience of its own.
    if (!this.#isLoading) this.#connection.abort(error.cause);
  }

  #free(connection: Connection): void {
    connection.abort(this.#ending.signal.reason ?? new Error("the connection has ended"));
    const freed = connection.freed().finally(() => this.#freeing.delete(freed));
    this.#freeing.add(freed);
  }

  #end(error: BackendError): void {
    if (this.#ending.signal.aborted) return;
    this.#ending.abort(error);
    this.#connection.abort(error);
    this.#outage.close();
    this.#silence.end();
    this.#waiters.reject(error);
  }
}

/** Milliseconds before another attempt: none at first, then 20, 40, … up to two seconds. */
function pauseAfter(attempts: number): number {
  return attempts === 0 ? 0 : Math.min(10 * 2 ** attempts, 2_000);
}
