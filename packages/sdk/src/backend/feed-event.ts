/** What a driver tells core of its system's changes: its own writes and everybody else's. */

import type { ResourceRef } from "../contract/index.ts";
import type { DamagedEntry, StoredEntry } from "./driver.ts";

/**
 * A point in what the system has gone through, made by the driver of what the system counts (a revision, an index) or
 * of a sequence that the driver keeps itself. Core compares positions and does nothing else with them.
 */
export type Position = bigint;

/** One object that is another than before. What is there already, with its revision, is no change and may be told again. */
export type StoreChange =
  | {
      /** Created or replaced. */
      readonly type: "put";
      /** As it is now. Core keeps the bytes: the driver may not change them afterwards. */
      readonly entry: StoredEntry;
    }
  | {
      /** Gone; what was not there may be gone too. */
      readonly type: "remove";
      /** Which one. */
      readonly ref: ResourceRef;
    }
  | {
      /** There, and not to be read as an entry. A later put or remove of its reference mends it. */
      readonly type: "damage";
      /** What is wrong with it. */
      readonly damaged: DamagedEntry;
    }
  | {
      /** No longer damaged: gone, or of no concern. For a place whose reference nobody knows; otherwise tell what is there now. */
      readonly type: "mended";
      /** The {@link DamagedEntry.where} that was told. */
      readonly where: string;
    };

/** What a feed yields. */
export type FeedEvent =
  | {
      /** Everything before its position was told, and these changes belong to it: readers see all of them at once. */
      readonly type: "changes";
      /**
       * Higher than the one before of this feed. What readers see already is a repetition and left out: a feed may begin
       * before the position that it is to follow from.
       */
      readonly position: Position;
      /** In their order. None: the position has come without a change of this store. */
      readonly changes: readonly StoreChange[];
    }
  | {
      /**
       * Changes cannot be had any more: core loads anew and follows from there, also from a lower position. The last event
       * of its feed.
       */
      readonly type: "gap";
      /** Why, for those who watch, in one line. */
      readonly reason: string;
      /**
       * Whether the system was restored to an older state: what it has acknowledged may be lost, and its positions begin again
       * from there, so that whoever waits for one learns that nobody knows. Default: only if what is loaded has a lower position.
       */
      readonly isOtherHistory?: boolean;
    };
