/** Which module a subject is the default export of: what it says itself, or where the command has loaded it from. */

import type { Subject } from "./subject.ts";

const loadedFrom = new WeakMap<Subject, string>();

/** Remembers where a subject was loaded from. It is not written into it: a subject may be an object of a class. */
export function rememberModule(subject: Subject, url: string): void {
  loadedFrom.set(subject, url);
}

/** The URL of its module; undefined if nobody has said it. */
export function moduleOf(subject: Subject): string | undefined {
  return subject.module ?? loadedFrom.get(subject);
}
