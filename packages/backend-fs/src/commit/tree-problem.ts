/** What went wrong with a file or directory, as data: it crosses threads, where errors lose their codes. */

import { errnoOf } from "../errno.ts";

/** One problem. */
export interface TreeProblem {
  /** What could not be done, with its path: `write /srv/store/Pod/default/nginx.envelope`. */
  readonly action: string;
  /** The operating system's word for why: `ENOSPC`. */
  readonly errno?: string;
  /** Why, in words. */
  readonly message: string;
  /** Whether the tree may have been changed. */
  readonly outcome: "none" | "unknown";
  /** An fsync: nobody can vouch for the store any more. */
  readonly isSync?: boolean;
  /** A file does not end where an append to it was to begin: nothing was added. */
  readonly isMisplaced?: boolean;
  /** Something in the way that is not the store's: the whole sentence. */
  readonly conflict?: string;
}

/** A problem on its way to whoever reports it. */
export class TreeError extends Error {
  readonly problem: TreeProblem;

  constructor(problem: TreeProblem) {
    super(problem.message);
    this.problem = problem;
  }
}

/** The operating system's error as a problem; one that is a problem already stands. */
export function treeError(
  error: unknown,
  action: string,
  details: Partial<TreeProblem> = {},
): TreeError {
  if (error instanceof TreeError) return error;
  const errno = errnoOf(error);
  return new TreeError({
    action,
    message: error instanceof Error ? error.message : String(error),
    ...(errno === undefined ? {} : { errno }),
    // Whoever may have changed something by then says so.
    outcome: "none",
    ...details,
  });
}

/** The problem that was thrown; a bug of ours is thrown on. */
export function problemOf(error: unknown): TreeProblem {
  if (error instanceof TreeError) return error.problem;
  throw error;
}
