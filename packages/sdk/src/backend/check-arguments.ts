/** Refuses arguments of a wrong type, which TypeScript's users meet only by accident. */

import type { ReadOptions, WatchOptions, WriteOptions } from "../contract/index.ts";

/** @throws TypeError naming the argument. */
export function checkFormat(format: unknown): asserts format is string {
  if (typeof format !== "string" || format === "") wrong("format", "a non-empty string", format);
}

/** @throws TypeError naming the argument. */
export function checkBytes(what: string, bytes: unknown): asserts bytes is Uint8Array {
  if (!(bytes instanceof Uint8Array)) wrong(what, "a Uint8Array", bytes);
}

/** @throws TypeError naming the argument. */
export function checkText(what: string, text: unknown): asserts text is string {
  if (typeof text !== "string") wrong(what, "a string", text);
}

/** @throws TypeError naming the option. */
export function checkReadOptions(options: ReadOptions): void {
  if (typeof options !== "object" || options === null) wrong("options", "an object", options);
  const { signal } = options;
  if (signal !== undefined && !(signal instanceof AbortSignal))
    wrong("options.signal", "an AbortSignal", signal);
}

/** @throws TypeError naming the option. */
export function checkWriteOptions(verb: "apply" | "delete", options: WriteOptions): void {
  checkReadOptions(options);
  const { ifRevision } = options;
  if (ifRevision === undefined) return;
  if (typeof ifRevision !== "string" || ifRevision === "")
    wrong("options.ifRevision", "a revision", ifRevision);
  if (verb === "delete" && ifRevision === "absent")
    wrong("options.ifRevision of delete", "a revision", ifRevision);
}

/** @throws TypeError naming the option. */
export function checkWatchOptions(options: WatchOptions): void {
  checkReadOptions(options);
  const { since, bufferLimit } = options;
  if (since !== undefined && typeof since !== "string") wrong("options.since", "a cursor", since);
  if (bufferLimit === undefined) return;
  if (!Number.isInteger(bufferLimit) || bufferLimit < 1)
    wrong("options.bufferLimit", "a positive integer", bufferLimit);
}

function wrong(what: string, wanted: string, value: unknown): never {
  // A text that is given for bytes may be a manifest: only what cannot be one is repeated.
  const isHarmless = value === "" || value === "absent";
  const found = value === null ? "null" : isHarmless ? JSON.stringify(value) : typeof value;
  throw new TypeError(`${what} must be ${wanted}, not ${found}`);
}
