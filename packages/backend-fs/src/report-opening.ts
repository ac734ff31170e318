/** Tells whoever wants to know that a store was opened, and on what it stands. */

import type { Diagnostics } from "@engenho/sdk";
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

/**
 * Calls an observer, now. What it throws, and what a promise of its rejects with, becomes a warning of the
 * process: the store is open whatever the observer does.
 */
export function reportOpening(
  found: FsDiagnostics,
  { counts }: Diagnostics,
  milliseconds: number,
  observer: (report: OpenReport) => unknown,
): void {
  const { resources, damaged } = counts;
  const warn = (error: unknown): void => {
    const reason = error instanceof Error ? error.message : String(error);
    process.emitWarning(`onOpen failed for the store ${found.root}: ${reason}`, "EngenhoWarning");
  };
  try {
    const report = structuredClone({ ...found, resources, damaged, milliseconds });
    Promise.resolve(observer(report)).catch(warn);
  } catch (error) {
    warn(error);
  }
}
