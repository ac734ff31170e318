/** Turns whatever was thrown into one line that an author can act on. */

import { inspect, stripVTControlCharacters } from "node:util";
import { BackendError } from "@engenho/sdk";

const lengthLimit = 400;

/** One line: the message, with what follows a colon at its end, or a counterexample, drawn in. */
export function errorLine(error: unknown): string {
  const message =
    error instanceof Error ? error.message || error.name : inspect(error, { depth: 1 });
  const text = stripVTControlCharacters(message).trim();
  const line = propertyLine(text, error) ?? likeness(text, error) + firstStatement(text);
  return line.length > lengthLimit ? `${line.slice(0, lengthLimit - 1)}…` : line;
}

/** Everything known of it: stack, causes, fields. */
export function errorDetails(error: unknown): string {
  return stripVTControlCharacters(inspect(error, { depth: 4 }));
}

/** What reads like the store's own error and has lost its class would be taken for the answer that was expected. */
function likeness(text: string, error: unknown): string {
  if (!(error instanceof Error) || BackendError.is(error) || !/^\[[a-z_]+\] /.test(text)) return "";
  return `no BackendError, but ${error.name}: `;
}

function firstStatement(text: string): string {
  const lines = text.split(/\s*\n\s*/).filter((line) => line !== "");
  const first = lines[0] ?? "";
  // Assertions say what they expected after the colon, on lines of their own.
  return first.endsWith(":") ? lines.join(" ") : first;
}

/** fast-check's report: what failed, the values it failed for, and the seed and path that repeat it. */
function propertyLine(text: string, error: unknown): string | undefined {
  const head = /^Property (?:failed after \d+ tests?|interrupted after \d+ tests?)/.exec(text)?.[0];
  if (head === undefined) return undefined;
  const cause = error instanceof Error && error.cause !== undefined ? error.cause : undefined;
  const replay = /^\{ seed: .*\}$/m.exec(text)?.[0];
  const counterexample = /^Counterexample: (.*)$/m.exec(text)?.[1];
  return [
    cause === undefined ? head : `${head}: ${errorLine(cause)}`,
    ...(counterexample === undefined ? [] : [`counterexample ${shorten(plain(counterexample))}`]),
    ...(replay === undefined ? [] : [`fast-check ${replay}`]),
  ].join("; ");
}

/**
 * Records of fast-check may have no prototype, which says nothing about the failure. A schedule goes on for lines, in
 * backquotes: the path that follows repeats it.
 */
function plain(value: string): string {
  return value
    .replaceAll(/__proto__: ?null(?:, ?)?/g, "")
    .replace(/schedulerFor\(\)`$/, "a schedule]");
}

function shorten(value: string): string {
  return value.length > 160 ? `${value.slice(0, 159)}…` : value;
}
