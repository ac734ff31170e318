/** One time of following a driver's changes. */

import type { Driver } from "./driver.ts";
import type { FeedEvent, Position } from "./feed-event.ts";
import { FeedOrder } from "./feed-order.ts";
import { orReason } from "./unless-aborted.ts";

/** How many changes are taken before others have a turn, which costs about a millisecond: some five milliseconds' worth. */
const changesPerTurn = 250;

/** The end of a feed that has lost something. */
export type Gap = FeedEvent & { readonly type: "gap" };

/** From a call of `changes` to the end of its iteration, or until it is aborted: then nothing of it is waited for. */
export class Connection {
  readonly #controller = new AbortController();
  readonly #work: Promise<unknown>[] = [];
  #events: AsyncIterable<FeedEvent> | undefined;

  /** Aborted when nobody listens any more. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Has every step that is waited for reject with this. */
  abort(cause: unknown): void {
    this.#controller.abort(cause);
  }

  /** Resolves when the driver has ended whatever it did for this connection; never rejects. */
  async freed(): Promise<void> {
    await Promise.allSettled(this.#work);
  }

  /** Waits for a step of the driver unless the connection is aborted. */
  step<T>(work: Promise<T>): Promise<T> {
    this.#work.push(work);
    return orReason(work, this.signal);
  }

  /** Begins to follow what comes after this position. */
  open(driver: Required<Pick<Driver, "changes">>, from: Position): Promise<void> {
    return this.step(this.#open(driver, from));
  }

  /** Resolves at the end: with the gap, if that is one. */
  follow(
    take: (event: FeedEvent & { type: "changes" }) => void,
    lost: (reason: string) => void,
  ): Promise<Gap | undefined> {
    return this.step(this.#follow(take, lost));
  }

  async #open(driver: Required<Pick<Driver, "changes">>, from: Position): Promise<void> {
    this.#events = await driver.changes(from, this.signal);
    // Too late: nobody will iterate.
    if (this.signal.aborted) await this.#events[Symbol.asyncIterator]().return?.();
  }

  async #follow(
    take: (event: FeedEvent & { type: "changes" }) => void,
    lost: (reason: string) => void,
  ): Promise<Gap | undefined> {
    const order = new FeedOrder();
    let gap: Gap | undefined;
    let taken = 0;
    for await (const event of this.#events ?? []) {
      if (this.signal.aborted) return undefined;
      order.check(event);
      if (event.type === "gap") {
        gap = event;
        lost(gap.reason);
        break;
      }
      take(event);
      taken += 1 + event.changes.length;
      if (taken < changesPerTurn) continue;
      taken = 0;
      await new Promise((resolve) => setTimeout(resolve, 0));
    }
    return gap;
  }
}
