/** Turns what a caller applies into the entry that it asks for. */

import { BackendError, type ResourceFormat, type ResourceRef } from "../contract/index.ts";
import type { AdapterRegistry, FormatAdapter } from "../adapters/index.ts";
import { encodeEnvelope } from "../codec/index.ts";
import { copyBytes } from "./bytes.ts";
import type { Domain } from "./domain.ts";
import { type Draft, draftFromEnvelope } from "./entry.ts";

/** Checks a body against the backend's claims and copies it: the draft's bytes are nobody else's. */
export function draftApply(
  format: ResourceFormat,
  body: Uint8Array,
  domain: Domain,
  adapters: AdapterRegistry,
): Draft {
  domain.format(format);
  if (format !== "native") domain.size(body.length);
  else domain.envelope(body.length, domain.maxBodyBytes);
  const bytes = copyBytes(body);
  const declared = declaredReference(adapters.select(format), bytes);
  const ref = domain.reference(declared);
  domain.format(format, ref.kind);
  const draft =
    format === "native"
      ? draftFromEnvelope(bytes, declared, ref)
      : draftFromEnvelope(encodeEnvelope({ ref, format, payload: bytes }), ref);
  if (draft.format !== undefined) domain.format(draft.format, ref.kind);
  domain.size(draft.payloadLength, ref.kind);
  domain.envelope(draft.envelope.length, draft.payloadLength);
  return draft;
}

/** The reference that the body declares; what a third party's adapter throws by accident is `internal`. */
function declaredReference(adapter: FormatAdapter, body: Uint8Array): ResourceRef {
  try {
    return adapter.reference(body);
  } catch (cause) {
    if (BackendError.is(cause)) throw cause;
    throw new BackendError("internal", `the adapter ${adapter.name} has failed`, {
      outcome: "none",
      cause,
    });
  }
}
