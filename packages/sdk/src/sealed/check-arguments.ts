/** Refuses arguments of a wrong type, which TypeScript's users meet only by accident. */

import type { StoreBackend } from "../contract/index.ts";

/** @throws TypeError naming the argument. */
export function checkBytes(what: string, bytes: unknown): asserts bytes is Uint8Array {
  if (!(bytes instanceof Uint8Array)) wrong(what, "a Uint8Array", bytes);
}

/** @throws TypeError naming the argument. */
export function checkBackend(backend: unknown): asserts backend is StoreBackend {
  if (typeof backend !== "object" || backend === null) wrong("backend", "a StoreBackend", backend);
}

/** @throws TypeError naming the argument. */
export function checkPath(path: unknown): asserts path is string {
  if (typeof path !== "string" || path === "") wrong("path", "a non-empty string", path);
}

/** @throws TypeError naming the argument. */
export function checkParse(parse: unknown): void {
  if (parse !== undefined && typeof parse !== "function") wrong("parse", "a function", parse);
}

function wrong(what: string, wanted: string, value: unknown): never {
  const found = value === null ? "null" : value === "" ? '""' : typeof value;
  throw new TypeError(`${what} must be ${wanted}, not ${found}`);
}
