/** The intake for a system that others write to: readers see what its feed has told, and nothing else. */

import { BackendError, type ResourceRef, type Revision } from "../contract/index.ts";
import type { Written } from "./driver.ts";
import type { Entry } from "./entry.ts";
import type { Feed } from "./feed.ts";
import type { Position } from "./feed-event.ts";
import type { Intake } from "./intake.ts";
import { SharedCall } from "./shared-call.ts";
import type { StoreState } from "./store-state.ts";

/** Waits for the feed. */
export class FeedIntake implements Intake {
  readonly canCatchUp: boolean;
  readonly #feed: Feed;
  readonly #state: StoreState;
  readonly #sync: SharedCall<Position> | undefined;

  constructor(feed: Feed, state: StoreState, sync: (() => Promise<Position>) | undefined) {
    this.#feed = feed;
    this.#state = state;
    this.#sync = sync && new SharedCall(sync);
    this.canCatchUp = sync !== undefined;
  }

  async put(entry: Entry, written: Written | void): Promise<Revision> {
    await this.#feed.passed(positionOf(written, "put"));
    return written?.revision ?? entry.revision;
  }

  async removed(_: ResourceRef, written: Written | void): Promise<void> {
    await this.#feed.passed(positionOf(written, "remove"));
  }

  async replaced(_: readonly Entry[], written: Written | void): Promise<void> {
    await this.#feed.passed(positionOf(written, "replaceAll"));
  }

  /** If it was, the feed will tell. */
  async replacedPerhaps(): Promise<void> {}

  async catchUp(): Promise<void> {
    if (this.#sync === undefined) return;
    try {
      await this.#feed.passed(await this.#sync.result());
    } catch (error) {
      throw withoutEffect(error);
    }
  }

  async resolveDoubt(ref: ResourceRef): Promise<void> {
    if (this.canCatchUp) await this.catchUp();
    else await this.#feed.reload("what became of a write was found out by reading everything");
    this.#state.certain(ref);
  }
}

function positionOf(written: Written | void, method: string): Position {
  if (written?.position !== undefined) return written.position;
  const reason = `driver.${method} must give a position, since the driver has changes`;
  throw new BackendError("internal", reason);
}

/** The error of a question, which changes nothing whatever became of it. */
function withoutEffect(error: unknown): BackendError {
  const { code, reason, retryable } = BackendError.from(error);
  return new BackendError(code, reason, { outcome: "none", retryable, cause: error });
}
