/** The envelope as a format of its own: a body that says its reference itself. */

import { BackendError, type ResourceRef } from "../contract/index.ts";
import { decodeEnvelope } from "../codec/envelope.ts";
import type { FormatAdapter } from "./format-adapter.ts";

/** Reads the reference in a CBOR envelope. What the payload is, is nobody's business here: no translation. */
export const nativeAdapter: FormatAdapter = Object.freeze({
  name: "native",
  format: "native",
  reference: envelopeReference,
});

function envelopeReference(body: Uint8Array): ResourceRef {
  try {
    return decodeEnvelope(body).ref;
  } catch (error) {
    if (!BackendError.is(error, "corrupt")) throw error;
    const reason = `the body is not a native envelope: ${error.reason}`;
    throw new BackendError("invalid_manifest", reason, { cause: error });
  }
}
