/** What checks assert with: each failure is one line that says what was expected of whom. */

import { AssertionError } from "node:assert";
import {
  BackendError,
  decodeEnvelope,
  type Envelope,
  type ErrorCode,
  formatReference,
  type Outcome,
  type Resource,
  type ResourceRef,
} from "@engenho/sdk";

import { isSkip } from "./skip-signal.ts";

/** Fails the check. */
export function fail(message: string): never {
  throw new AssertionError({ message });
}

/** Fails unless the condition holds. */
export function assert(condition: boolean, message: string): asserts condition {
  if (!condition) fail(message);
}

/** Fails unless both are the same value, or the same data. */
export function assertEqual(actual: unknown, expected: unknown, what: string): void {
  if (same(actual, expected)) return;
  const difference = firstDifference(actual, expected);
  fail(`${what}: ${difference ?? `expected ${show(expected)}, got ${show(actual)}`}`);
}

/** Where two long lists or texts part; undefined for anything that is shown whole. */
function firstDifference(actual: unknown, expected: unknown): string | undefined {
  if (Array.isArray(actual) && Array.isArray(expected) && expected.length + actual.length > 4) {
    const length = Math.max(actual.length, expected.length);
    const at = Array.from({ length }).findIndex((_, i) => !same(actual[i], expected[i]));
    const item = (list: readonly unknown[]): string =>
      at < list.length ? show(list[at]) : "nothing";
    const counts = `${expected.length} expected, ${actual.length} found`;
    return `item ${at} of the list should be ${item(expected)}, it is ${item(actual)} (${counts})`;
  }
  if (typeof actual !== "string" || typeof expected !== "string") return undefined;
  if (Math.max(actual.length, expected.length) < 120) return undefined;
  let at = 0;
  while (actual[at] === expected[at]) at++;
  const from = Math.max(0, at - 20);
  const around = (text: string): string => show(text.slice(from, at + 60));
  return `differs from character ${at} on: expected …${around(expected)}…, got …${around(actual)}…`;
}

/** Fails unless the bytes are the same, and says where they part. */
export function assertBytes(actual: Uint8Array, expected: Uint8Array, what: string): void {
  const length = Math.min(actual.length, expected.length);
  let at = 0;
  while (at < length && actual[at] === expected[at]) at++;
  if (at === actual.length && at === expected.length) return;
  assertSameEnvelope(actual, expected, what);
  const sizes =
    actual.length === expected.length
      ? ""
      : ` (${actual.length} bytes instead of ${expected.length})`;
  const rest = (bytes: Uint8Array): string =>
    at < bytes.length ? show(bytes.slice(at)) : "the end";
  fail(
    `${what}: the bytes differ from byte ${at} on${sizes}: expected ${rest(expected)}, got ${rest(actual)}`,
  );
}

/** Fails where both are envelopes that do not say the same, and tells what each says. */
function assertSameEnvelope(actual: Uint8Array, expected: Uint8Array, what: string): void {
  const [found, wanted] = [envelopeIn(actual), envelopeIn(expected)];
  if (found === undefined || wanted === undefined) return;
  if (same({ ...found, payload: wanted.payload }, wanted))
    assertBytes(found.payload, wanted.payload, `${what}: payload of the envelope`);
  else fail(`${what}: expected ${showEnvelope(wanted)}, got ${showEnvelope(found)}`);
}

function envelopeIn(bytes: Uint8Array): Envelope | undefined {
  if ((bytes[0] ?? 0) >> 5 !== cborMap) return undefined;
  try {
    return decodeEnvelope(bytes);
  } catch {
    return undefined;
  }
}

/** The major type of what begins an envelope. */
const cborMap = 5;

function showEnvelope({ ref, format, payload }: Envelope): string {
  const label = format === undefined ? "no format" : `format ${format}`;
  return `the envelope of ${formatReference(ref)} with ${label} and the payload ${showBytes(payload)}`;
}

/** Fails unless the resource is that reference with those bytes. */
export function assertResource(
  actual: Resource,
  ref: ResourceRef,
  body: Uint8Array,
  what: string,
): void {
  assertReference(actual.ref, ref, what);
  assertBytes(actual.body, body, what);
}

/** Fails unless both name the same resource; a namespace that is undefined is none. */
export function assertReference(actual: ResourceRef, expected: ResourceRef, what: string): void {
  const plain = ({ kind, name, namespace }: ResourceRef): unknown[] => [
    kind,
    name,
    namespace ?? null,
  ];
  assertEqual(plain(actual), plain(expected), `${what}: reference`);
}

/** What else an expected error must say. */
export interface ExpectedError {
  readonly outcome?: Outcome;
  readonly field?: string;
  readonly ref?: ResourceRef;
  readonly retryable?: boolean;
  /** A text, in lower case, that the message must have. */
  readonly mentions?: string;
}

/** Fails unless the promise rejects with a BackendError of this code (or one of these), and returns it. */
export async function assertRejects(
  promise: Promise<unknown>,
  code: ErrorCode | readonly ErrorCode[],
  what: string,
  expected: ExpectedError = {},
): Promise<BackendError> {
  const codes = typeof code === "string" ? [code] : code;
  const wanted = codes.map((one) => `"${one}"`).join(" or ");
  const error = await rejection(promise);
  if (error === undefined) fail(`${what}: expected a rejection with ${wanted}, but it resolved`);
  if (!BackendError.is(error.value))
    fail(`${what}: expected a BackendError ${wanted}, got ${show(error.value)}`);
  const { code: actual, outcome, field, ref, retryable, message } = error.value;
  if (!codes.includes(actual))
    fail(`${what}: expected ${wanted}, got "${actual}" (${firstLine(message)})`);
  if (expected.outcome !== undefined)
    assertEqual(outcome, expected.outcome, `${what}: outcome of the error`);
  if (expected.field !== undefined)
    assertEqual(field, expected.field, `${what}: field of the error`);
  if (expected.retryable !== undefined)
    assertEqual(retryable, expected.retryable, `${what}: retryable of the error`);
  if (expected.ref !== undefined) {
    if (ref === undefined) fail(`${what}: the error does not say of which resource (ref)`);
    assertReference(ref, expected.ref, `${what}: the error`);
  }
  if (expected.mentions !== undefined && !message.toLowerCase().includes(expected.mentions)) {
    fail(
      `${what}: the message should mention "${expected.mentions}", it is: ${firstLine(message)}`,
    );
  }
  return error.value;
}

/** Fails unless the promise resolves, and returns what it resolved with. */
export async function assertResolves<T>(promise: Promise<T>, what: string): Promise<T> {
  try {
    return await promise;
  } catch (error) {
    if (isSkip(error) || error instanceof AssertionError) throw error;
    return fail(`${what} should resolve, it rejected: ${firstLine(String(error))}`);
  }
}

/** What a promise rejected with, or undefined if it resolved. */
export async function rejection(
  promise: Promise<unknown>,
): Promise<{ readonly value: unknown } | undefined> {
  try {
    await promise;
    return undefined;
  } catch (value) {
    // What cannot be tried was not refused.
    if (isSkip(value)) throw value;
    return { value };
  }
}

/** A value as it stands in a message: short, on one line. */
export function show(value: unknown): string {
  if (value instanceof Uint8Array) return showBytes(value);
  if (value instanceof Error) return firstLine(`${value.name}: ${value.message}`);
  const text = JSON.stringify(value, (_, part: unknown) =>
    part === undefined ? null : part instanceof Uint8Array ? showBytes(part) : part,
  );
  return cut(text ?? String(value), 160);
}

/** References as they stand in a message. */
export function showReferences(refs: readonly ResourceRef[]): string {
  return `[${refs.map(formatReference).join(", ")}]`;
}

function showBytes(bytes: Uint8Array): string {
  const envelope = envelopeIn(bytes);
  if (envelope !== undefined) return showEnvelope(envelope);
  const text = new TextDecoder().decode(bytes.slice(0, 48));
  const isText = !/[\0-\u0008\u000b-\u001f\ufffd]/.test(text);
  const start = bytes.slice(0, isText ? 48 : 16);
  const shown = isText
    ? JSON.stringify(text)
    : [...start].map((byte) => byte.toString(16).padStart(2, "0")).join(" ");
  return bytes.length > start.length ? `${shown}…` : shown;
}

function same(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  if (a instanceof Uint8Array || b instanceof Uint8Array) {
    return (
      a instanceof Uint8Array &&
      b instanceof Uint8Array &&
      a.length === b.length &&
      a.every((x, i) => x === b[i])
    );
  }
  if (a instanceof Map && b instanceof Map) return same([...a], [...b]);
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const keys = Object.keys(a);
  if (keys.length !== Object.keys(b).length) return false;
  return keys.every(
    (key) => Object.hasOwn(b, key) && same(Reflect.get(a, key), Reflect.get(b, key)),
  );
}

function firstLine(text: string): string {
  return cut(text.split("\n", 1)[0] ?? "", 200);
}

function cut(text: string, length: number): string {
  return text.length > length ? `${text.slice(0, length)}…` : text;
}
