/** Reads envelopes: the spelling that is written at little cost, every other one in general. */

import { BackendError, type ResourceFormat, type ResourceRef } from "../contract/index.ts";
import { CborReader } from "./cbor-reader.ts";
import { encodeText } from "./cbor-writer.ts";
import type { Envelope } from "./envelope.ts";
import { readWireReference } from "./wire-reference.ts";

/**
 * Reads an envelope as `decodeEnvelope` does. Texts of its reference that are those of a likely one are
 * not made anew: give one whose texts may stay in memory.
 */
export function readEnvelope(bytes: Uint8Array, likely?: ResourceRef): Envelope {
  const reader = new CborReader(bytes);
  const envelope = readUsual(reader, likely) ?? readAny(reader);
  reader.end();
  return envelope;
}

/**
 * Reads the deterministic spelling, in which no key needs to be looked for or remembered. Undefined,
 * and nothing read, for any other.
 */
function readUsual(reader: CborReader, likely: ResourceRef | undefined): Envelope | undefined {
  const start = reader.offset;
  if (reader.skipIf(startWithFormat)) {
    const ref = readWireReference(reader, likely);
    if (reader.skipIf(formatKey)) {
      const format = reader.readTextOrNull("format", "yaml");
      if (reader.skipIf(payloadKey)) return envelopeOf(ref, format, reader.readBytes("payload"));
    }
  } else if (reader.skipIf(startWithoutFormat)) {
    const ref = readWireReference(reader, likely);
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
