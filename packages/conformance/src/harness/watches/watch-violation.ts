/** What is wrong with what a watch has told, so that a person sees it. */

import type { Operation } from "../linearizability/operation.ts";
import { showHistory } from "../linearizability/show-history.ts";
import type { ObservedEvent } from "./observed-watch.ts";

/**
 * What a watch owes: `ordered` (changes of a resource in the order in which they happened, the same for everybody), `unique`
 * (each once), `reliable` (none missing), `faithful` (what was written, and nothing else), `bookmarkable` (no bookmark for what
 * was not told).
 */
export type WatchRule = "ordered" | "unique" | "reliable" | "faithful" | "bookmarkable";

/** One thing that is wrong. */
export interface WatchViolation {
  /** What is broken. */
  readonly rule: WatchRule;
  /** The name of the watch. */
  readonly watch: string;
  /** What it is about. */
  readonly resource: string;
  /** To read: a line that says it, then the events and calls that show it. */
  readonly lines: readonly string[];
}

/** Where a violation is. */
export type Place = Pick<WatchViolation, "rule" | "watch" | "resource">;

/** A violation with what shows it. */
export function violation(
  place: Place,
  what: string,
  {
    events = [],
    operations = [],
  }: { readonly events?: readonly ObservedEvent[]; readonly operations?: readonly Operation[] },
): WatchViolation {
  const shown = events.map((event) => `  at ${event.at}: ${showEvent(event)}`);
  const calls = showHistory(operations).map((line) => `  ${line}`);
  return { ...place, lines: [`${place.watch}: ${what}`, ...shown, ...calls] };
}

/** An event in a few words. */
export function showEvent(event: ObservedEvent): string {
  if (!("resource" in event)) return event.type;
  return `${event.type} ${event.resource} ${JSON.stringify(event.body)} ${event.revision}`;
}
