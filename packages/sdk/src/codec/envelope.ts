/** The native form of one resource: CBOR `{ref, format?, payload}`. */

import type { ResourceFormat, ResourceRef } from "../contract/index.ts";
import { bytesHere, encodeUpToBytes, joinBytes } from "./cbor-writer.ts";
import { locateEnvelope, payloadAt } from "./envelope-reader.ts";
import { wireReference } from "./wire-reference.ts";

/** One resource with its reference, as it travels and is stored. */
export interface Envelope {
  /** The resource that the payload is the body of. */
  readonly ref: ResourceRef;
  /** What the payload is written in. Without it, see `detectFormat`. */
  readonly format?: ResourceFormat;
  /** The body, byte for byte as it was applied. */
  readonly payload: Uint8Array;
}

/**
 * The deterministic bytes of an envelope.
 *
 * @example
 * encodeEnvelope({ ref: { kind: "Pod", name: "nginx" }, format: "yaml", payload });
 */
export function encodeEnvelope({ ref, format, payload }: Envelope): Uint8Array {
  const fields = {
    ref: wireReference(ref),
    ...(format === undefined ? {} : { format: format.toWellFormed() }),
    payload: bytesHere,
  };
  return joinBytes([encodeUpToBytes(fields, payload.length), payload]);
}

/**
 * Reads an envelope in any well-formed spelling. The payload may be a view of `bytes`. The reference
 * is given as it stands there; `checkReference` says whether it is one.
 *
 * @throws BackendError `corrupt`, with the offset of the byte at fault where there is one.
 */
export function decodeEnvelope(bytes: Uint8Array): Envelope {
  const envelope = locateEnvelope(bytes);
  const { ref, format } = envelope;
  const payload = payloadAt(bytes, envelope);
  return format === undefined ? { ref, payload } : { ref, format, payload };
}
