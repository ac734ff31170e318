/** Refuses what no driver may tell, before any of it has an effect. */

import { BackendError } from "../contract/index.ts";
import { formatReference } from "../reference/index.ts";
import type { Written } from "./driver.ts";
import type { FeedEvent, Position, StoreChange } from "./feed-event.ts";

/** The events of one feed. */
export class FeedOrder {
  #last: Position | undefined;

  /** @throws BackendError `internal` for a position that is not above the one before, or an event that is none. */
  check(event: FeedEvent): void {
    if (event.type === "gap") return;
    if (event.type !== "changes" || !Array.isArray(event.changes))
      throw fault("an event that is neither changes nor a gap");
    const position = checkPosition(event.position, "changes");
    if (this.#last !== undefined && position <= this.#last)
      throw fault(`position ${position} after position ${this.#last}, which must be lower`);
    for (const change of event.changes) checkChange(change, position);
    this.#last = position;
  }
}

/** @throws BackendError `internal` if it is none. */
export function checkPosition(position: unknown, method: string): Position {
  if (typeof position === "bigint") return position;
  const what = position === undefined ? "none" : `a ${typeof position}`;
  const reason = `driver.${method} must give a position, a bigint, and has given ${what}`;
  throw new BackendError("internal", reason);
}

/** Where a write was done, as {@link Written} has it. */
export interface Done {
  readonly position: Position;
  readonly previous: Position | undefined;
}

/** @throws BackendError `internal` for a write without a position, or with one before it that is not. */
export function checkDone(written: Written | void, method: string): Done {
  const position = checkPosition(written?.position, method);
  const previous = written?.previous;
  if (previous === undefined || checkPosition(previous, method) < position)
    return { position, previous };
  const reason = `driver.${method} has given ${previous} as the position before ${position}`;
  throw new BackendError("internal", reason);
}

function checkChange(change: StoreChange, position: Position): void {
  switch (change?.type) {
    case "put": {
      const { ref, revision } = change.entry;
      if (typeof revision !== "string" || revision === "")
        throw fault(`${formatReference(ref)} without a revision at position ${position}`);
      return;
    }
    case "remove":
      if (typeof change.ref?.name === "string") return;
      break;
    case "damage":
      if (typeof change.damaged?.where === "string") return;
      break;
    case "mended":
      if (typeof change.where === "string") return;
      break;
  }
  throw fault(`a change at position ${position} that is none`);
}

function fault(what: string): BackendError {
  return new BackendError("internal", `driver.changes tells of ${what}`);
}
