/** What a family of hostile inputs is: how they are made, and how one is judged. */

import type { Random } from "./random.ts";

/** What became of one input. */
export interface Verdict {
  /** `accepted`, or the code of the error that refused it. */
  readonly result: string;
  /** Of CBOR: whether an independent reader finds it well-formed. */
  readonly isWellFormed?: boolean;
  /** What is wrong with the reader, if anything. */
  readonly flaw?: string | undefined;
}

/** Inputs of one kind. What leaves `examine` as an exception is a flaw too. */
export interface Family<Input = unknown> {
  readonly name: string;
  /** How many of a thousand inputs of a run are of this family. */
  readonly weight: number;
  make(random: Random): Input;
  /** Gives the input to every reader concerned. */
  examine(input: Input): Verdict | Promise<Verdict>;
  /** Inputs like this one with something left out, those with most left out first. */
  smaller(input: Input): Iterable<Input>;
  /** The input as a person can look at it. */
  show(input: Input): string;
}
