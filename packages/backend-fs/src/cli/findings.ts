/** What one part of an examination has found. */

import type { Section } from "./layout-lines.ts";

/** For people, for programs, and for the verdict. */
export interface Findings {
  readonly sections: readonly Section[];
  /** What is wrong, a sentence each. */
  readonly problems: readonly string[];
  /** What was asked for and could not be found out. */
  readonly unknown: readonly string[];
  readonly data: object;
}
