/** What a write comes to, judged by what is there. */

import { BackendError, type Revision } from "../contract/index.ts";
import type { Expected, Written } from "./driver.ts";
import type { Entry } from "./entry.ts";

/** An answer without a write, or what to ask the driver. */
export type Verdict<T> = Answer<T> | Act<T>;

/** What a caller is told of what is there already. */
interface Answer<T> {
  readonly answer: T;
  /** What must be as durable as a write of it before that is said. */
  readonly confirms: Entry;
}

/** Something to ask the driver, by what it is to find. */
export interface Act<T> {
  readonly expected: Expected;
  /** Asks the driver. */
  readonly act: () => Promise<Written | void>;
  /** Resolves when readers see what the driver has answered. */
  readonly show: (written: Written | void) => Promise<T>;
}

/** A verdict of what is there. With `insists`, the driver is to look at nothing but the caller's condition. */
export type Judge<T> = (
  present: Entry | undefined,
  about: { readonly isDamaged: boolean; readonly insists: boolean },
) => Verdict<T>;

/** A verdict, or why there is none. */
export function verdictOf<T>(judge: () => Verdict<T>): Verdict<T> | { readonly refusal: unknown } {
  try {
    return judge();
  } catch (refusal) {
    return { refusal };
  }
}

/** Whether the driver has found something else than expected, and has done nothing. */
export function isOvertaken(error: unknown): boolean {
  return BackendError.is(error, "conflict") && error.outcome === "none";
}

/** The conflict of a write that others have overtaken again and again: nothing says that the caller is wrong. */
export function contended(error: unknown): BackendError {
  const { reason } = BackendError.from(error);
  const why = `${reason} (others write it all the time)`;
  return new BackendError("conflict", why, { outcome: "none", retryable: true, cause: error });
}

/** @throws BackendError `conflict` */
export function checkPrecondition(
  present: Entry | undefined,
  isDamaged: boolean,
  ifRevision: Revision | "absent" | undefined,
): void {
  if (ifRevision === undefined) return;
  if (ifRevision === "absent") {
    if (present === undefined && !isDamaged) return;
    throw new BackendError("conflict", "the resource exists already");
  }
  if (present?.revision === ifRevision) return;
  if (present !== undefined)
    throw new BackendError("conflict", "the resource has changed: its revision is another");
  throw new BackendError(
    "conflict",
    isDamaged ? "the resource cannot be read" : "the resource does not exist",
  );
}
