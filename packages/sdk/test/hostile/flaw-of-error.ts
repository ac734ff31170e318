/** What is wrong with the error that refused an input. */

import { BackendError } from "../../src/contract/index.ts";
import { formatReference } from "../../src/reference/index.ts";

/** Stands in the values of all that is mutated; no message may repeat it. */
export const secret = "hunter2";

/** The longest message: a refused snapshot names ten offenders, each with a reference and a reason. */
const maxMessageLength = 8_000;

const notOneLine = /[\p{Cc}\u2028\u2029]/u;

/** The flaw of a BackendError that must have one of these codes; undefined if it is as it should be. */
export function flawOfError(error: unknown, codes: ReadonlySet<string>): string | undefined {
  if (!BackendError.is(error)) return `untyped error: ${traceOf(error)}`;
  if (!codes.has(error.code)) return `code ${error.code}: ${error.message}`;
  if (error.outcome !== "none") return `outcome ${error.outcome}: ${error.message}`;
  const subject = error.ref === undefined ? "" : formatReference(error.ref);
  return flawOfMessage(error.message.replace(subject, ""));
}

/** The flaw of a message whatever its error. */
export function flawOfMessage(message: string): string | undefined {
  if (notOneLine.test(message)) return `message is not one line: ${JSON.stringify(message)}`;
  if (!message.isWellFormed()) return `message is not well-formed: ${JSON.stringify(message)}`;
  if (message.length > maxMessageLength) return `message has ${message.length} characters`;
  return message.replaceAll(names, "").includes(secret)
    ? `message repeats a value: ${message}`
    : undefined;
}

/** What a message may repeat, and what a mutation may make of a value: keys, and fields of references. */
const names = /duplicate \w+ ".*"|"[^"]*" is a path traversal/g;

/** An error with its stack, or whatever else was thrown. */
export function traceOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : `threw ${String(error)}`;
}
