/** What callers may ask of a verb beside its arguments. */

import type { Cursor, Revision } from "./resource.ts";

/** Options of every verb that only reads, and of restore. */
export interface ReadOptions {
  /** Once aborted, the verb rejects with code `aborted`. */
  readonly signal?: AbortSignal;
}

/** Options of apply and delete. */
export interface WriteOptions {
  /**
   * Aborted before the write is handed to the system: nothing happened (`outcome: "none"`).
   * Aborted after that: it may have happened (`outcome: "unknown"`).
   */
  readonly signal?: AbortSignal;
  /**
   * Write only over this revision, else `conflict`. `"absent"` (apply only) creates and never
   * replaces. Default: write over whatever is there.
   */
  readonly ifRevision?: Revision | "absent";
}

/** Options of watch. */
export interface WatchOptions {
  /** Once aborted, the iteration ends. */
  readonly signal?: AbortSignal;
  /** Continue after this point instead of replaying the present state. */
  readonly since?: Cursor;
  /** How many live events may wait for a slow reader before it gets a `reset`. Default 1,024. */
  readonly bufferLimit?: number;
}
