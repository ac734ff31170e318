/** The intake for a system that others write to: readers see what its feed has told, and nothing else. */

import { BackendError, type ResourceRef, type Revision } from "../contract/index.ts";
import { type Driver, StoreFailedError, type Written } from "./driver.ts";
import { type Entry, entryOf } from "./entry.ts";
import type { Feed } from "./feed.ts";
import type { Position } from "./feed-event.ts";
import { checkDone, checkPosition } from "./feed-order.ts";
import type { Intake } from "./intake.ts";
import type { Lifecycle } from "./lifecycle.ts";
import { SharedCall } from "./shared-call.ts";
import type { StoreState } from "./store-state.ts";

/** What such an intake is made of. */
export interface FeedIntakeParts {
  readonly driver: Driver;
  readonly feed: Feed;
  readonly state: StoreState;
  readonly lifecycle: Lifecycle;
}

/** Waits for the feed. */
export class FeedIntake implements Intake {
  readonly canCatchUp: boolean;
  readonly #feed: Feed;
  readonly #state: StoreState;
  readonly #lifecycle: Lifecycle;
  /** A position that includes everything acknowledged before: the driver's own, or that of a load. */
  readonly #head: SharedCall<Position>;

  constructor({ driver, feed, state, lifecycle }: FeedIntakeParts) {
    this.canCatchUp = driver.sync !== undefined;
    this.#feed = feed;
    this.#state = state;
    this.#lifecycle = lifecycle;
    const name = this.canCatchUp ? "sync" : "load";
    this.#head = new SharedCall(
      () => feed.ask(name, (signal) => headOf(driver, signal)),
      (error) => BackendError.is(error) && error.retryable,
    );
  }

  async put(entry: Entry, written: Written | void): Promise<Revision> {
    const { revision = entry.revision } = written ?? {};
    await this.#feed.done(checkDone(written, "put"), () =>
      this.#state.written(entryOf(entry, revision)),
    );
    return revision;
  }

  async removed(ref: ResourceRef, written: Written | void): Promise<void> {
    await this.#feed.done(checkDone(written, "remove"), () => this.#state.removed(ref));
  }

  async replaced(_: readonly Entry[], written: Written | void): Promise<void> {
    await this.#feed.passed(checkDone(written, "replaceAll").position);
  }

  /** If it was, the feed will tell. */
  async replacedPerhaps(): Promise<void> {}

  async catchUp(signal?: AbortSignal): Promise<void> {
    if (this.canCatchUp) await this.#reachHead(signal);
  }

  async resolveDoubt(ref: ResourceRef): Promise<void> {
    await this.#reachHead();
    this.#state.certain(ref);
  }

  async #reachHead(signal?: AbortSignal): Promise<void> {
    try {
      await this.#feed.passed(await this.#head.result(), signal);
    } catch (error) {
      throw withoutEffect(error instanceof StoreFailedError ? this.#lifecycle.fail(error) : error);
    }
  }
}

async function headOf(driver: Driver, signal: AbortSignal): Promise<Position> {
  if (driver.sync !== undefined) return checkPosition(await driver.sync(signal), "sync");
  const { entries, position } = await driver.load(signal);
  // To the end, which frees what the driver holds; the feed tells what they are.
  for await (const _ of entries);
  return checkPosition(position, "load");
}

/** The error of a question, which changes nothing whatever became of it. */
function withoutEffect(error: unknown): BackendError {
  const { code, reason, retryable } = BackendError.from(error);
  return new BackendError(code, reason, { outcome: "none", retryable, cause: error });
}
