/** What a suite is made of: cases as data, each a subject beside its floor and its peers. */

/** `full` for figures that count, `small` for a look, `tiny` to see that it runs. */
export type Size = "full" | "small" | "tiny";

/** One comparison. */
export interface BenchCase {
  readonly name: string;
  /**
   * What is measured of one run: a rate (operations in a second; more is better), the seconds that it
   * takes, or the memory in bytes that it leaves behind, in a process of its own.
   */
  readonly measures: "rate" | "seconds" | "memory";
  /** Of a rate: what is counted. `applies/s`. */
  readonly unit?: string;
  /** How many operations are one run. */
  readonly operations: Readonly<Record<Size, number>>;
  /** How many rounds, where the usual number would take too long: the default is `defaultRounds`. */
  readonly rounds?: Readonly<Record<Size, number>>;
  /** Whether no run is wasted on warming up: one is long enough by itself. */
  readonly isWarm?: boolean;
  readonly subject: Contestant;
  /** What the subject cannot be faster than, or is to be compared with: the bar's other side. */
  readonly floor?: Contestant;
  /** Others who do something like it; each says what. */
  readonly peers?: readonly Contestant[];
  readonly bar?: Bar;
}

/** What is hoped for: of the ratio subject/floor, or without a floor of the subject's figure. */
export type Bar = { readonly atLeast: number } | { readonly atMost: number };

/** One row of a case. */
export interface Contestant {
  readonly name: string;
  /** What it does and does not do, in a sentence. */
  readonly note?: string;
  /** Makes everything ready that is not measured. */
  open(operations: number, size: Size): Trial | Promise<Trial>;
}

/** A contestant that is ready. */
export interface Trial {
  /** Before each run, not measured: what this round works on. Both sides of a round get the same number. */
  before?(round: number): unknown;
  /** Does the case's operations; only this is measured. */
  run(): unknown;
  /** After each run, not measured: waits for what goes on behind it, which would disturb whoever is next. */
  after?(): unknown;
  /** Where it is not the time of `run` that counts: what the last run came to, in the case's unit. */
  figure?(): number;
  /** Of a memory case, instead of measuring: the bytes. */
  readonly bytes?: number;
  close?(): unknown;
}

/** A file in `suites/`: its name is the suite's, its export `cases` this. */
export interface Suite {
  readonly name: string;
  readonly cases: readonly BenchCase[];
}
