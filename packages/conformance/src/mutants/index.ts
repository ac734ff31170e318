/** Known-bad backends, each one bug: what proves that every requirement of the suite can fail. */

import { claimMutants } from "./claim-mutants.ts";
import { concurrencyMutants } from "./concurrency-mutants.ts";
import { cutMutants } from "./cut-mutants.ts";
import { damageMutants } from "./damage-mutants.ts";
import { diskLogMutants } from "./disk-log-mutants.ts";
import { diskMutants } from "./disk-mutants.ts";
import { durabilityMutants } from "./durability-mutants.ts";
import { errorMutants } from "./error-mutants.ts";
import { externalMutants } from "./external-mutants.ts";
import { externalNarrowMutants } from "./external-narrow-mutants.ts";
import { jobMutants } from "./job-mutants.ts";
import { lifecycleMutants } from "./lifecycle-mutants.ts";
import type { Mutant } from "./mutant.ts";
import { narrowMutants } from "./narrow-mutants.ts";
import { outsideMutants } from "./outside/index.ts";
import { preconditionMutants } from "./precondition-mutants.ts";
import { readMutants } from "./read-mutants.ts";
import { referenceMutants } from "./reference-mutants.ts";
import { restoreMutants } from "./restore-mutants.ts";
import { sharingMutants } from "./sharing-mutants.ts";
import { snapshotMutants } from "./snapshot-mutants.ts";
import { suddenEndMutants } from "./sudden-end-mutants.ts";
import { watchEndingMutants } from "./watch-ending-mutants.ts";
import { watchEventMutants } from "./watch-event-mutants.ts";
import { watchOpeningMutants } from "./watch-opening-mutants.ts";
import { writeMutants } from "./write-mutants.ts";

export {
  judgeMutant,
  type MutantFailure,
  type MutantOptions,
  type MutantVerdict,
} from "./judge-mutant.ts";
export type { Mutant, Reached } from "./mutant.ts";
export { outsideMutants } from "./outside/index.ts";
export { soundSubjects } from "./sound-subjects.ts";

/** All of them, theme by theme. */
export const mutants: readonly Mutant[] = [
  ...lifecycleMutants,
  ...claimMutants,
  ...sharingMutants,
  ...referenceMutants,
  ...writeMutants,
  ...preconditionMutants,
  ...readMutants,
  ...concurrencyMutants,
  ...externalMutants,
  ...externalNarrowMutants,
  ...jobMutants,
  ...errorMutants,
  ...durabilityMutants,
  ...suddenEndMutants,
  ...diskMutants,
  ...diskLogMutants,
  ...damageMutants,
  ...watchEventMutants,
  ...watchOpeningMutants,
  ...watchEndingMutants,
  ...snapshotMutants,
  ...restoreMutants,
  ...narrowMutants,
  ...cutMutants,
  ...outsideMutants,
];
