/** What a watch delivers. */

import type { Cursor, Resource } from "./resource.ts";

/** One step of a watch. A reader keeps a faithful copy by following these four rules. */
export type WatchEvent =
  /** Put the resource in, replace it, or take it out (`deleted` carries the last body and revision). */
  | {
      readonly type: "added" | "modified" | "deleted";
      readonly resource: Resource;
      readonly cursor: Cursor;
    }
  /** Everything up to this cursor was delivered; the first one ends the initial state. */
  | { readonly type: "bookmark"; readonly cursor: Cursor }
  /** Forget what you know: a full replay and a bookmark follow. */
  | { readonly type: "reset"; readonly reason: string };

/**
 * A running watch: iterate it once, close it when done (leaving a `for await` closes it too).
 *
 * @example
 * await using watch = await backend.watch("Pod", "default", "yaml");
 * for await (const event of watch) console.log(event.type);
 */
export interface Watch extends AsyncIterable<WatchEvent>, AsyncDisposable {
  /** Ends the iteration and frees the buffer. Idempotent. */
  close(): Promise<void>;
}
