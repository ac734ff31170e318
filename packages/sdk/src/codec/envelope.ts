/** The native form of one resource: CBOR `{ref, format?, payload}`. */

import { BackendError, type ResourceFormat, type ResourceRef } from "../contract/index.ts";
import { CborReader } from "./cbor-reader.ts";
import { bytesHere, encodeText, encodeUpToBytes, joinBytes } from "./cbor-writer.ts";
import { readWireReference, wireReference } from "./wire-reference.ts";

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
  const reader = new CborReader(bytes);
  const envelope = readUsual(reader) ?? readAny(reader);
  reader.end();
  return envelope;
}

/**
 * Reads the deterministic spelling, in which no key needs to be looked for or remembered. Undefined,
 * and nothing read, for any other.
 */
function readUsual(reader: CborReader): Envelope | undefined {
  const start = reader.offset;
  if (reader.skipIf(startWithFormat)) {
    const ref = readWireReference(reader);
    if (reader.skipIf(formatKey)) {
      const format = reader.readTextOrNull("format");
      if (reader.skipIf(payloadKey)) return envelopeOf(ref, format, reader.readBytes("payload"));
    }
  } else if (reader.skipIf(startWithoutFormat)) {
    const ref = readWireReference(reader);
    if (reader.skipIf(payloadKey)) return envelopeOf(ref, null, reader.readBytes("payload"));
  }
  reader.offset = start;
  return undefined;
}

const startWithFormat = Uint8Array.of(0xa3, ...encodeText("ref"));
const startWithoutFormat = Uint8Array.of(0xa2, ...encodeText("ref"));
const formatKey = encodeText("format");
const payloadKey = encodeText("payload");

function readAny(reader: CborReader): Envelope {
  let ref: ResourceRef | undefined;
  let format: ResourceFormat | null = null;
  let payload: Uint8Array | undefined;
  reader.readMap("the envelope", (key) => {
    if (key === "ref") ref = readWireReference(reader);
    else if (key === "format") format = reader.readTextOrNull("format");
    else if (key === "payload") payload = reader.readBytes("payload");
    else reader.skipValue();
  });
  if (ref === undefined) throw new BackendError("corrupt", "the envelope has no ref");
  if (payload === undefined) throw new BackendError("corrupt", "the envelope has no payload");
  return envelopeOf(ref, format, payload);
}

function envelopeOf(
  ref: ResourceRef,
  format: ResourceFormat | null,
  payload: Uint8Array,
): Envelope {
  return format === null ? { ref, payload } : { ref, format, payload };
}
