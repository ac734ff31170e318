/** What a watch delivers. */

/// <reference lib="esnext.disposable" preserve="true" />

import type { Cursor, Resource } from "./resource.ts";

/** One step of a watch. A reader keeps a faithful copy by following these four rules. */
export type WatchEvent =
  /** Put the resource in, replace it, or take it out (`deleted` carries the last body and revision). */
  | {
      /** `added` in a replay and for what is new, `modified` for what was there. */
      readonly type: "added" | "modified" | "deleted";
      /** As it is after the change; the last one there was for `deleted`. */
      readonly resource: Resource;
      /** The point after this change. */
      readonly cursor: Cursor;
    }
  /** Everything up to this cursor was delivered; the first one ends the initial state. */
  | {
      /** A mark, no change. */
      readonly type: "bookmark";
      /** Up to where everything was delivered. */
      readonly cursor: Cursor;
    }
  /** Forget what you know: a full replay and a bookmark follow. */
  | {
      /** The stream begins anew. */
      readonly type: "reset";
      /** Why, in one line for people. */
      readonly reason: string;
    };

/**
 * A running watch: iterate it once, close it when done (leaving a `for await` closes it too). Its iterator's `return`
 * closes it even while a `next` waits, which then ends: so an async generator is no such iterator.
 *
 * @example
 * await using watch = await backend.watch("Pod", "default", "yaml");
 * for await (const event of watch) console.log(event.type);
 */
export interface Watch extends AsyncIterable<WatchEvent>, AsyncDisposable {
  /** Ends the iteration and frees the buffer. Idempotent. */
  close(): Promise<void>;
}
