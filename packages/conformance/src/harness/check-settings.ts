/** How the requirements of a run are checked, and what holds where nobody says. */

import { randomSeed } from "./derive-seed.ts";

/** How every requirement of a run is checked. */
export interface CheckSettings {
  /** The seed of the run; each requirement gets one derived from it. */
  readonly seed: number;
  /** Milliseconds that one check may take, and closing after it. */
  readonly timeoutMs: number;
  /** Whether the full sizes are wanted rather than the quick ones. */
  readonly full: boolean;
}

/** The same, each with a default. */
export interface CheckOptions {
  /** Every random choice follows from it. Default: a random one, which is reported. */
  readonly seed?: number | undefined;
  /** Milliseconds for one check, and for closing after it. Default 30,000; 60,000 with `full`. */
  readonly timeoutMs?: number | undefined;
  /** Full sizes rather than quick ones. Default: whether the environment says `CI=true`. */
  readonly full?: boolean | undefined;
}

/** Fills in what the options leave out. */
export function resolveSettings(options: CheckOptions): CheckSettings {
  const full = options.full ?? process.env["CI"] === "true";
  return {
    seed: options.seed ?? randomSeed(),
    timeoutMs: options.timeoutMs ?? (full ? 60_000 : 30_000),
    full,
  };
}
