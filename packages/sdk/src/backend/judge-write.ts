/** What a write comes to, judged by what is there. */

import { BackendError, type Revision } from "../contract/index.ts";
import type { Expected } from "./driver.ts";
import type { Entry } from "./entry.ts";

/** An answer without asking the driver, or what to ask it. */
export type Verdict<T> = { readonly answer: T } | Act<T>;

/** Something to ask the driver, by what it is to find. */
export interface Act<T> {
  readonly expected: Expected;
  readonly act: () => Promise<T>;
}

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
