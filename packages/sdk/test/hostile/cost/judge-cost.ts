/** Whether what a family took stays within bounds, whatever the size. */

import type { FamilyCost } from "./measure.ts";
import type { Reader } from "./cost-families.ts";

/** What a reader may take for each byte of its input. */
interface Ceiling {
  readonly steps: number;
  readonly bytes: number;
}

/**
 * Twice what the costliest family takes today. YAML is read twice here, for its reference and for a
 * translation, by a library that allocates much and keeps little of it.
 */
const ceilings: Readonly<Record<Reader, Ceiling>> = {
  envelope: { steps: 70, bytes: 240 },
  snapshot: { steps: 5, bytes: 30 },
  restore: { steps: 7, bytes: 150 },
  yaml: { steps: 350, bytes: 14_500 },
  json: { steps: 40, bytes: 1_100 },
  hcl: { steps: 50, bytes: 420 },
  sealed: { steps: 15, bytes: 800 },
  reference: { steps: 1, bytes: 5 },
};

/** What does not depend on the size, and what the engine allocates of its own, which was 0.4 MB at most. */
export const slack = { steps: 10_000, bytes: 1_024 * 1_024 };

/** A doubling of the input may cost so many times as much. */
const maxGrowth = 2.2;

/** One line of the report. */
export interface CostVerdict {
  readonly family: string;
  /** For each byte of the largest input. */
  readonly stepsPerByte: number;
  readonly bytesPerByte: number;
  /** The largest growth of steps from one size to the next. */
  readonly growth: number;
  readonly isSlow: boolean;
}

export function judgeCost({ family, costs }: FamilyCost): CostVerdict {
  const reader = family.slice(0, family.indexOf(":")) as Reader;
  const largest = costs.at(-1) ?? { size: 1, steps: 0, bytes: 0 };
  const ceiling = ceilings[reader];
  let growth = 0;
  let isSlow = false;
  for (const [at, { size, steps, bytes }] of costs.entries()) {
    if (steps > ceiling.steps * size + slack.steps) isSlow = true;
    if (bytes > ceiling.bytes * size + slack.bytes) isSlow = true;
    const before = costs[at - 1];
    if (before === undefined) continue;
    growth = Math.max(growth, (2 * (steps / before.steps)) / (size / before.size));
    const doublings = size / before.size / 2;
    if (steps > maxGrowth * doublings * before.steps + slack.steps) isSlow = true;
    if (bytes > maxGrowth * doublings * before.bytes + slack.bytes) isSlow = true;
  }
  return {
    family,
    stepsPerByte: largest.steps / largest.size,
    bytesPerByte: largest.bytes / largest.size,
    growth,
    isSlow,
  };
}
