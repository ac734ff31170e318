/** The shape of `interop.json`: version 1 of it may gain fields, and loses none. */

import type { Environment } from "../report/report.ts";

/**
 * `identical`: references, bytes and snapshot bytes are the same, there and back; `equal`: every reference and field is,
 * where a backend promises no more; `differs`: something is not; `impossible`: the claims of one rule it out.
 */
export type CellResult = "identical" | "equal" | "differs" | "impossible";

/** What is compared: which resources there are, what they say, the snapshot's own bytes, and all of it once more at home. */
export type Aspect = "references" | "content" | "snapshot" | "back";

/** One way: a snapshot of `from`, restored into `to`, whose snapshot is restored into `from` again. */
export interface InteropCell {
  /** The name of the subject that made the snapshot, or `rust`. */
  readonly from: string;
  /** The name of the subject that restored it. */
  readonly to: string;
  /** How it came out. */
  readonly result: CellResult;
  /** How many resources travelled. */
  readonly resources: number;
  /** How each aspect came out; one that is missing was not compared. */
  readonly aspects: Readonly<Partial<Record<Aspect, "same" | "different">>>;
  /** What differs, or why it is impossible, one line each. */
  readonly problems: readonly string[];
  /** What was not sent because one of the two does not claim to hold it. */
  readonly leftOut: readonly LeftOut[];
}

/** Resources that were left out for one reason. */
export interface LeftOut {
  /** Whose claim it is, and which: "redis holds no kind Job". */
  readonly why: string;
  /** How many resources. */
  readonly count: number;
}

/** One run of `conformance interop`. */
export interface InteropReport {
  /** The shape of this report. */
  readonly schema: "engenho.interop/v1";
  /** The kit that compared. */
  readonly kit: {
    /** The version of `@engenho/conformance`. */
    readonly version: string;
  };
  /** When the run began: ISO 8601, UTC. */
  readonly date: string;
  /** What the run ran on. */
  readonly environment: Environment;
  /** The subjects, in the order in which they were given. */
  readonly subjects: readonly string[];
  /** Row by row; the last row is what the Rust implementation has written. */
  readonly cells: readonly InteropCell[];
  /** What went wrong outside any cell, one line each. */
  readonly errors: readonly string[];
}

/** Whether nothing differs, something was compared, and nothing went wrong. */
export function isInteroperable({ cells, errors }: InteropReport): boolean {
  return errors.length === 0 && cells.every(({ result }) => result !== "differs");
}
