/**
 * Mutants by somebody who knew the contract and not the suite: one bug each, taken from a sentence of the contract. How
 * many of them the suite killed at first stands in README.md; what it missed was mended in the suite.
 */

import type { Mutant } from "../mutant.ts";
import { outsideReadMutants } from "./read-mutants.ts";
import { outsideStoreMutants } from "./store-mutants.ts";
import { outsideWatchMutants } from "./watch-mutants.ts";
import { outsideWriteMutants } from "./write-mutants.ts";

/** They come last in the list of all mutants. */
export const outsideMutants: readonly Mutant[] = [
  ...outsideWriteMutants,
  ...outsideReadMutants,
  ...outsideWatchMutants,
  ...outsideStoreMutants,
];
