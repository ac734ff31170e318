/** How what a driver has done becomes what readers see. */

import type { ResourceRef, Revision } from "../contract/index.ts";
import type { Written } from "./driver.ts";
import type { Entry } from "./entry.ts";

/** Each method is called when the driver has done its part, and resolves when readers see it. */
export interface Intake {
  /** Whether the mirror may be behind what others have written, and {@link Intake.catchUp} can tell it. */
  readonly canCatchUp: boolean;
  /** An entry was put. Its revision: the system's, or else the one that the entry has. */
  put(entry: Entry, written: Written | void): Promise<Revision>;
  /** A resource was removed. */
  removed(ref: ResourceRef, written: Written | void): Promise<void>;
  /** Everything was replaced at once. */
  replaced(entries: readonly Entry[], written: Written | void): Promise<void>;
  /** Everything may have been replaced, or not. May throw what the store comes to by that. */
  replacedPerhaps(cause: unknown): Promise<void>;
  /**
   * The mirror shows everything that was acknowledged before the call. Rejects with outcome `none`. Once the signal is
   * aborted, nobody waits any more.
   */
  catchUp(signal?: AbortSignal): Promise<void>;
  /** Finds out what became of a write with an unknown outcome. */
  resolveDoubt(ref: ResourceRef): Promise<void>;
}
