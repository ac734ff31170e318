/** Who reads a tree: threads of its own, or this one. Paths are relative to its root, with `/`; "." is the root. */

import type { PackedFiles } from "./file-pack.ts";
import type { Listing } from "./listing.ts";

/** Reads what lies below a root. Both reject with `unavailable` or `closed` if nobody was there to do it. */
export interface TreeReader {
  /** What a directory has. Rejects with the operating system's error. */
  list(directory: string): Promise<Listing>;
  /**
   * What is in the first of these files of a directory: in all, or in as many as make one message.
   *
   * @param limit The most bytes that each may have.
   */
  read(directory: string, names: readonly string[], limit: number): Promise<PackedFiles>;
}
