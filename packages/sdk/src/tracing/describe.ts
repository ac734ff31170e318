/** Says what arguments, results and errors are about. Odd values may make it throw: it is called in `quietly`. */

import { BackendError, type ResourceRef, type WatchEvent } from "../contract/index.ts";
import { maxReferenceFieldLength } from "../reference/index.ts";
import type { TracedError, VerbContext } from "./messages.ts";

/** What is learnt of a call, bit by bit. */
export type Facts = { -readonly [Name in keyof VerbContext]?: VerbContext[Name] };

/** Runs what may stumble over a caller's or a backend's odd values: tracing must not be what fails. */
export function quietly(describe: () => void): void {
  try {
    describe();
  } catch {
    // What cannot be said is left out.
  }
}

/** A copy of a reference; undefined unless it is one by its looks. */
function referenceOf(value: unknown): ResourceRef | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const { kind, name, namespace } = value as Partial<ResourceRef>;
  if (!isName(kind) || !isName(name)) return undefined;
  return isName(namespace) ? { kind, name, namespace } : { kind, name };
}

/** The reference and its parts. */
export function aboutReference(value: unknown): Facts {
  const ref = referenceOf(value);
  return ref === undefined ? {} : { ref, ...aboutScope(ref.kind, ref.namespace) };
}

export function aboutScope(kind: unknown, namespace: unknown): Facts {
  return {
    ...(isName(kind) ? { kind } : {}),
    ...(isName(namespace) ? { namespace } : {}),
  };
}

export function aboutFormat(format: unknown): Facts {
  return isName(format) ? { format } : {};
}

/** The length of bytes; nothing of anything else. */
export function lengthOf(bytes: unknown): number | undefined {
  return bytes instanceof Uint8Array ? bytes.byteLength : undefined;
}

export function aboutInput(bytes: unknown): Facts {
  const bytesIn = lengthOf(bytes);
  return bytesIn === undefined ? {} : { bytesIn };
}

export function aboutOutput(bytes: unknown): Facts {
  const bytesOut = lengthOf(bytes);
  return bytesOut === undefined ? {} : { bytesOut };
}

/** What a message may say of an error. */
export function tracedError(error: unknown): TracedError {
  let told: TracedError = { name: "unknown" };
  quietly(() => {
    if (!(error instanceof Error)) return;
    told = { name: isName(error.name) ? error.name : "Error" };
    if (!BackendError.is(error)) return;
    const { name, code, message, outcome, retryable, field } = error;
    told = { name, code, message, outcome, retryable, ...(field === undefined ? {} : { field }) };
  });
  return told;
}

/** What a watch's event is about. */
export function aboutEvent(event: WatchEvent): {
  readonly ref?: ResourceRef;
  readonly format?: string;
  readonly bytesOut?: number;
} {
  if (!("resource" in event)) return {};
  const { ref, format, bytesOut } = {
    ...aboutReference(event.resource.ref),
    ...aboutFormat(event.resource.format),
    ...aboutOutput(event.resource.body),
  };
  return {
    ...(ref === undefined ? {} : { ref }),
    ...(format === undefined ? {} : { format }),
    ...(bytesOut === undefined ? {} : { bytesOut }),
  };
}

/** A text longer than any reference's (in UTF-16) may be a body in the wrong place, and is left out. */
function isName(value: unknown): value is string {
  return typeof value === "string" && value !== "" && value.length <= 2 * maxReferenceFieldLength;
}
