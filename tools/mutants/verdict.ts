/** What the command and its workers tell each other. */

import type { MutantFailure } from "../../packages/conformance/src/mutants/index.ts";

/** What a worker is to judge. */
export interface Job {
  readonly type: "mutant" | "sound";
  /** The mutant's id, or the sound subject's name. */
  readonly id: string;
}

/** How it came out. */
export interface Verdict extends Job {
  /** Whether a mutant was killed as it should be, or a sound subject passed everything. */
  readonly isRight: boolean;
  readonly faults: readonly string[];
  readonly kills: readonly MutantFailure[];
  readonly others: readonly MutantFailure[];
  readonly passed: number;
  readonly checked: number;
  readonly durationMs: number;
}
