/** Reads envelopes: the spelling that is written at little cost, every other one in general. */

import { BackendError, type ResourceFormat, type ResourceRef } from "../contract/index.ts";
import { CborReader } from "./cbor-reader.ts";
import { encodeText } from "./cbor-writer.ts";
import {
  readRepeatedReference,
  readWireReference,
  type SpelledReference,
} from "./wire-reference.ts";

/** An envelope whose payload is known by its place. */
export interface LocatedEnvelope {
  readonly ref: ResourceRef;
  readonly format: ResourceFormat | undefined;
  /** Where the payload begins; -1 if it does not stand there in one piece. */
  readonly payloadStart: number;
  readonly payloadLength: number;
}

/**
 * Reads an envelope as `decodeEnvelope` does, without making a payload of it. A reference that is spelled
 * as a likely one is that very object: give one whose texts may stay in memory.
 */
export function locateEnvelope(bytes: Uint8Array, likely?: SpelledReference): LocatedEnvelope {
  const reader = new CborReader(bytes);
  const envelope = locateUsual(reader, likely) ?? locateAny(reader);
  reader.end();
  return envelope;
}

/** The payload of an envelope that can be read: a view where it stands there in one piece, or else a copy. */
export function payloadAt(
  bytes: Uint8Array,
  { payloadStart, payloadLength }: Pick<LocatedEnvelope, "payloadStart" | "payloadLength">,
): Uint8Array {
  if (payloadStart !== -1) return bytes.subarray(payloadStart, payloadStart + payloadLength);
  const reader = new CborReader(bytes);
  let payload = new Uint8Array();
  reader.readMap("the envelope", (key) => {
    if (key === "payload") payload = new Uint8Array(reader.readBytes("payload"));
    else reader.skipValue();
  });
  return payload;
}

/**
 * Reads the deterministic spelling, in which no key needs to be looked for or remembered. Undefined,
 * and nothing read, for any other.
 */
function locateUsual(
  reader: CborReader,
  likely: SpelledReference | undefined,
): LocatedEnvelope | undefined {
  const start = reader.offset;
  if (reader.skipIf(startWithFormat)) {
    const ref = readRepeatedReference(reader, likely);
    if (reader.skipIf(formatKey)) {
      const format = reader.readTextOrNull("format", "yaml");
      if (reader.skipIf(payloadKey)) return located(reader, ref, format);
    }
  } else if (reader.skipIf(startWithoutFormat)) {
    const ref = readRepeatedReference(reader, likely);
    if (reader.skipIf(payloadKey)) return located(reader, ref, null);
  }
  reader.offset = start;
  return undefined;
}

/** The envelope whose payload is what follows. */
function located(
  reader: CborReader,
  ref: ResourceRef,
  label: ResourceFormat | null,
): LocatedEnvelope {
  const format = label ?? undefined;
  const payloadStart = reader.skipBytes();
  if (payloadStart === -1) {
    return { ref, format, payloadStart, payloadLength: reader.readBytes("payload").length };
  }
  return { ref, format, payloadStart, payloadLength: reader.offset - payloadStart };
}

const startWithFormat = Uint8Array.of(0xa3, ...encodeText("ref"));
const startWithoutFormat = Uint8Array.of(0xa2, ...encodeText("ref"));
const formatKey = encodeText("format");
const payloadKey = encodeText("payload");

function locateAny(reader: CborReader): LocatedEnvelope {
  let ref: ResourceRef | undefined;
  let format: ResourceFormat | null = null;
  let payloadStart = -1;
  let payloadLength: number | undefined;
  reader.readMap("the envelope", (key) => {
    if (key === "ref") ref = readWireReference(reader);
    else if (key === "format") format = reader.readTextOrNull("format");
    else if (key === "payload") {
      payloadStart = reader.skipBytes();
      payloadLength =
        payloadStart === -1 ? reader.readBytes("payload").length : reader.offset - payloadStart;
    } else reader.skipValue();
  });
  if (ref === undefined) throw new BackendError("corrupt", "the envelope has no ref");
  if (payloadLength === undefined) throw new BackendError("corrupt", "the envelope has no payload");
  return { ref, format: format ?? undefined, payloadStart, payloadLength };
}
