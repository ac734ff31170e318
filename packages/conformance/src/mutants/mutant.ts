/** What a mutant is: a backend with one known bug, there to prove that the suite would find it. */

import type { Subject } from "../harness/subject.ts";

/** What a mutant calls where its bug takes effect: a failure elsewhere is no proof. */
export type Reached = () => void;

/** A backend with one bug. */
export interface Mutant {
  /** Names it in tables and on the command line: `watch-registers-late`. */
  readonly id: string;
  /** The bug, as the end of "a backend that …". */
  readonly title: string;
  /**
   * Every requirement that the bug breaks, the one that it is made for first. Each must fail by an assertion after the
   * bug was reached: with the seed that mutants are judged by, and with any other if it is not about random programs.
   */
  readonly breaks: readonly [string, ...string[]];
  /** Requirements that may fail too: by chance, or because the bug stands in their way. Default: none. */
  readonly mayFail?: readonly string[];
  /** What the failure of the first requirement says. Default: anything. */
  readonly says?: RegExp;
  /** Whether the bug is that something never comes, so that a timeout is a kill. Default: no. */
  readonly hangs?: true;
  /** The subject that opens it. */
  readonly make: (reached: Reached) => Subject;
}
