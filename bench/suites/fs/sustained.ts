/** What the journal does when nobody pauses: the worst seconds of a minute. */

import type { BenchCase } from "../../src/bench-case.ts";
import { type Time, writingFor } from "./writing-for.ts";

/** Parts of five seconds of a minute. */
const minute: Time = {
  seconds: { full: 60, small: 6, tiny: 1 },
  parts: { full: 12, small: 3, tiny: 1 },
};

const mean = (rates: readonly number[]): number =>
  rates.reduce((sum, rate) => sum + rate, 0) / rates.length;

export const sustainedCases: readonly BenchCase[] = [
  {
    name: "64 writers without a pause, the worst 5 of 60 seconds",
    measures: "rate",
    unit: "applies/s",
    operations: { full: 1, small: 1, tiny: 1 },
    rounds: { full: 1, small: 1, tiny: 1 },
    isWarm: true,
    subject: writingFor("filesystem backend, journal: true", minute, { journal: true }, (rates) =>
      Math.min(...rates),
    ),
    floor: writingFor("filesystem backend, all 60 seconds", minute, {}, mean),
    bar: { atLeast: 0.9 },
  },
];
