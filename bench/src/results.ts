/** What a run of the bench came to: the shape of reports/bench.json. */

import type { Bar, BenchCase, Size } from "./bench-case.ts";
import type { Machine } from "./machine.ts";
import type { Spread } from "./statistics.ts";

export interface BenchReport {
  readonly schema: "engenho.bench/v1";
  readonly date: string;
  readonly size: Size;
  /** What repeats it. */
  readonly command: string;
  readonly machine: Machine;
  readonly suites: readonly SuiteResult[];
}

export interface SuiteResult {
  readonly name: string;
  readonly cases: readonly CaseResult[];
}

export interface CaseResult extends Pick<BenchCase, "name" | "measures"> {
  /** `applies/s`, `s`, `bytes`. */
  readonly unit: string;
  /** How many are one run. */
  readonly operations: number;
  readonly rounds: number;
  /** The subject first, then its floor if it has one, then its peers. */
  readonly rows: readonly Row[];
  readonly bar: Bar | null;
  /** Null without a bar. */
  readonly isMet: boolean | null;
}

export interface Row {
  readonly role: "subject" | "floor" | "peer";
  readonly name: string;
  readonly note: string | null;
  readonly figure: Spread;
  /** The subject's figure divided by this row's, round by round; null on the subject's own row. */
  readonly ratio: Spread | null;
  /** Of a memory case: how much of the figure is V8's heap and its array buffers. */
  readonly heap: Spread | null;
}

/** Whether a figure reaches a bar. */
export function isMet(bar: Bar, figure: number): boolean {
  return "atLeast" in bar ? figure >= bar.atLeast : figure <= bar.atMost;
}
