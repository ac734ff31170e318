/** Whether what was written can be vouched for. */

import { BackendError, StoreFailedError } from "@engenho/sdk";
import { errnoOf } from "../errno.ts";
import { problemError } from "../fs-error.ts";
import type { TreeProblem } from "./tree-problem.ts";

/** Of one open tree. A failed fsync ends it for good: nobody knows what of the disk's cache is lost. */
export class Soundness {
  #failure: StoreFailedError | undefined;

  /** What ended it. */
  get failure(): StoreFailedError | undefined {
    return this.#failure;
  }

  /** Throws once it has ended: what asks has not begun. */
  assert(): void {
    if (this.#failure === undefined) return;
    const { message, cause } = this.#failure;
    throw new StoreFailedError(message, { cause, outcome: "none" });
  }

  /** Ends it, if nothing has before. Gives the error of what was under way. */
  fail(message: string, cause: unknown): StoreFailedError {
    return (this.#failure ??= new StoreFailedError(message, { cause }));
  }

  /** Ends it for what came of a job. */
  failFor(problem: TreeProblem): StoreFailedError {
    const { action, errno, conflict } = problem;
    const message = conflict ?? `cannot ${action}${inParentheses(errno)}`;
    return this.fail(message, problemError(problem));
  }

  /** Ends it for an fsync on this thread. */
  failSync(path: string, error: unknown): StoreFailedError {
    return this.fail(`cannot fsync ${path}${inParentheses(errnoOf(error))}`, error);
  }

  /** Where nobody can tell what was done, nobody can vouch for the store. */
  async whole<T>(work: Promise<T>): Promise<T> {
    try {
      return await work;
    } catch (error) {
      if (BackendError.is(error)) throw error; // nobody was there to do it
      throw this.fail(`writing has stopped: ${(error as Error).message}`, error);
    }
  }
}

function inParentheses(errno: string | undefined): string {
  return errno === undefined ? "" : ` (${errno})`;
}
