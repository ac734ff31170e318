/** What observers of an opening are told. */

import type { FsDiagnostics } from "./fs-driver.ts";

/** A store that was opened. */
export interface OpenReport extends FsDiagnostics {
  /** Resources that it holds. */
  readonly resources: number;
  /** Entries that could not be read. */
  readonly damaged: number;
  /** How long it took to open. */
  readonly milliseconds: number;
}

/** How far an opening is. */
export interface OpenProgress {
  /** The files of resources that the root has. */
  readonly found: number;
  /** How many of them were read. */
  readonly read: number;
  /** Changes that a journal still has, which are written to files before any are found. Default: none. */
  readonly replaying?: number;
}
