/** What a subcommand is: a name, its help, and what it does. */

import type { Terminal } from "./terminal.ts";

/** 0: every profile of every subject is conformant, or what was asked for is done; 1: not; 2: it cannot run. */
export type ExitStatus = 0 | 1 | 2;

/** One of the things that the command does beside judging. */
export interface Subcommand {
  /** As it is typed: `explain`. */
  readonly name: string;
  /** What follows the name, for the help text. */
  readonly parameters: string;
  /** One line for the help text. */
  readonly summary: string;
  /** Reads the arguments behind its name and does it. Throws what `main` puts into one line. */
  run(args: readonly string[], terminal: Terminal): Promise<ExitStatus>;
}
