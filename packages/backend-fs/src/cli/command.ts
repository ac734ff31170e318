/** What the commands of `engenho-fs` have in common. */

import type { PromisedDurability } from "../evidence/admission.ts";
import type { Lines } from "./layout-lines.ts";

/** 0 yes, 1 no, 2 it could not be found out. */
export type ExitStatus = 0 | 1 | 2;

/** The options that are not every command's. */
export type OwnOption = "profile" | "durability" | "force";

/** What a command is asked. */
export interface Request {
  readonly root: string;
  /** What a store is to survive, if that was said. */
  readonly durability: PromisedDurability | undefined;
  /** The path of a profile. */
  readonly profile: string | undefined;
  /** Whether an existing profile is replaced. */
  readonly force: boolean;
}

/** What a store is to survive if nothing says otherwise: as with `createFsBackend`. */
export const usualDurability: PromisedDurability = "power-loss";

/** What it answers, for people and for programs. */
export interface Answer {
  readonly status: ExitStatus;
  readonly lines: Lines;
  /** For `--json`. */
  readonly data: object;
}

/** One command of `engenho-fs`. */
export interface Command {
  readonly name: string;
  /** For the help text, in a few words. */
  readonly summary: string;
  /** Those that it takes; any other is refused. */
  readonly options: readonly OwnOption[];
  readonly needsProfile: boolean;
  /** @throws BackendError where it cannot be found out; UsageError. */
  run(request: Request): Promise<Answer>;
}

/** Thrown for a command line that the help text does not offer. */
export class UsageError extends Error {}
