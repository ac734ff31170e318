/** From a caller's bytes to what is kept: every check comes before any change. */

import { BackendError, type ResourceRef } from "@engenho/sdk";
import { checkReference, manifestReference } from "./manifest.ts";
import { labelOf } from "./rows.ts";
import { decodeEnvelope, decodeSnapshot, encodeEnvelope } from "./wire.ts";

export const formats: readonly string[] = ["json", "native"];
export const maxBodyBytes = 1024 * 1024;

export type Draft = { ref: ResourceRef; envelope: Uint8Array };

export function checkFormat(format: string): void {
  if (typeof format !== "string") throw new TypeError("the format must be a string");
  if (formats.includes(format)) return;
  const reason = `there is no format ${JSON.stringify(format)} here, only ${formats.join(", ")}`;
  throw new BackendError("unsupported_format", reason);
}

/** What an apply asks for, with bytes that are nobody else's. */
export function draftOf(format: string, body: Uint8Array): Draft {
  checkFormat(format);
  checkBytes("body", body);
  checkSize("body", body, format === "native" ? maxEnvelopeBytes(maxBodyBytes) : maxBodyBytes);
  const bytes = new Uint8Array(body);
  if (format === "native") return checkEnvelope(bytes, "invalid_manifest");
  const ref = manifestReference(bytes);
  return { ref, envelope: encodeEnvelope(ref, format, bytes) };
}

/** What a restore asks for. A refusal names the entries at fault, up to ten. */
export function draftsOf(snapshot: Uint8Array): readonly Draft[] {
  checkBytes("snapshot", snapshot);
  const drafts = decodeSnapshot(new Uint8Array(snapshot));
  const seen = new Set<string>();
  const offenders = drafts.flatMap(({ ref, envelope }) => {
    const label = labelOf(ref);
    try {
      checkReference(ref);
      if (seen.has(label)) throw new BackendError("corrupt", "it is there twice");
      seen.add(label);
      if (labelOf(checkEnvelope(envelope, "corrupt").ref) === label) return [];
      throw new BackendError("corrupt", "its envelope is that of another resource");
    } catch (error) {
      if (!BackendError.is(error)) throw error;
      const reason = `${label.slice(0, 300)}: ${error.reason}`;
      return [new BackendError(error.code, reason, { field: error.field })];
    }
  });
  const [first] = offenders;
  if (first === undefined) return drafts;
  const reasons = offenders.slice(0, 10).map(({ reason }) => reason);
  throw new BackendError(first.code, reasons.join("; "), { field: first.field });
}

function checkEnvelope(envelope: Uint8Array, code: "corrupt" | "invalid_manifest"): Draft {
  const { ref, format, payload } = decodeEnvelope(envelope, code);
  if (format !== undefined) checkFormat(format);
  checkSize("payload", payload, maxBodyBytes);
  checkSize("envelope", envelope, maxEnvelopeBytes(payload.length));
  return { ref: checkReference(ref), envelope };
}

/** A payload as an array of integers takes two bytes for one; the rest is for keys that are kept. */
const maxEnvelopeBytes = (payloadBytes: number) => 2 * payloadBytes + 64 * 1024;

function checkBytes(what: string, bytes: unknown): void {
  if (!(bytes instanceof Uint8Array)) throw new TypeError(`the ${what} must be a Uint8Array`);
}

function checkSize(what: string, bytes: Uint8Array, limit: number): void {
  if (bytes.length <= limit) return;
  throw new BackendError("too_large", `the ${what} is larger than ${limit} bytes`);
}
