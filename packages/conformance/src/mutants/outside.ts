/**
 * Mutants by somebody who knew the contract and not the suite. How many of them the suite killed at first stands in
 * README.md; what it missed was mended in the suite.
 *
 * Each is written like the others: `id` begins with `outside-`, `breaks` names what the contract's sentence became
 * as a requirement (the author gave the sentence), and `make` puts the bug into one of the sound subjects with
 * `inMemory`, `durable`, `shared` or `onDisk`.
 */

import type { Mutant } from "./mutant.ts";

/** They come last in the list of all mutants. */
export const outsideMutants: readonly Mutant[] = [];
