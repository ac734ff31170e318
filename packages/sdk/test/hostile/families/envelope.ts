/** Envelopes: mutated trees, as the codec and the adapter of `native` read them. */

import { isDeepStrictEqual } from "node:util";
import { nativeAdapter } from "../../../src/adapters/index.ts";
import { decodeEnvelope, encodeEnvelope, type Envelope } from "../../../src/codec/index.ts";
import type { BackendError } from "../../../src/contract/index.ts";
import {
  hasOnlySimpleKeys,
  isPolicy,
  peerBytes,
  peerReference,
  peerValue,
} from "../cbor-oracle.ts";
import type { Family, Verdict } from "../family.ts";
import { flawOfError } from "../flaw-of-error.ts";
import { shorterBytes } from "../mutate-bytes.ts";
import { mutateCbor } from "../mutate-cbor.ts";
import { envelopeItem } from "../sample-items.ts";
import { showBytes } from "../show-bytes.ts";
import { isWellFormedCbor } from "../well-formed-cbor.ts";

const corrupt = new Set(["corrupt"]);
const invalidManifest = new Set(["invalid_manifest"]);

export const envelopeFamily: Family<Uint8Array> = {
  name: "envelope",
  weight: 280,
  make: (random) => mutateCbor(random, envelopeItem(random)),
  examine: examineEnvelope,
  smaller: shorterBytes,
  show: showBytes,
};

function examineEnvelope(bytes: Uint8Array): Verdict {
  const isWellFormed = isWellFormedCbor(bytes);
  let envelope: Envelope;
  try {
    envelope = decodeEnvelope(bytes);
  } catch (error) {
    const flaw =
      flawOfError(error, corrupt) ??
      adapterFlaw(bytes) ??
      (isWellFormed ? refusalFlaw(bytes, error as BackendError) : undefined);
    return { result: "corrupt", isWellFormed, flaw };
  }
  const flaw = isWellFormed ? acceptanceFlaw(bytes, envelope) : "accepted what is not well-formed";
  return { result: "accepted", isWellFormed, flaw };
}

/** The adapter must refuse it too, as a manifest that is none. */
function adapterFlaw(bytes: Uint8Array): string | undefined {
  try {
    nativeAdapter.reference(bytes);
    return "the adapter takes what the codec refuses";
  } catch (error) {
    return flawOfError(error, invalidManifest);
  }
}

/** What another reader understands must be understood, unless the format forbids it. */
function refusalFlaw(bytes: Uint8Array, { reason }: BackendError): string | undefined {
  const value = peerValue(bytes, true);
  if (!(value instanceof Map)) return undefined;
  if (isPolicy.test(reason) && !(reason.includes("key twice") && hasOnlySimpleKeys(value)))
    return undefined;
  const format: unknown = value.get("format") ?? "";
  const isEnvelope =
    typeof format === "string" &&
    peerReference(value.get("ref")) !== undefined &&
    peerBytes(value.get("payload")) !== undefined;
  return isEnvelope ? `refused an envelope that another reader takes: ${reason}` : undefined;
}

function acceptanceFlaw(bytes: Uint8Array, envelope: Envelope): string | undefined {
  const { ref, payload } = envelope;
  if (!isDeepStrictEqual(decodeEnvelope(encodeEnvelope(envelope)), envelope))
    return "what it read is another envelope when written and read again";
  if (!isDeepStrictEqual(nativeAdapter.reference(bytes), ref))
    return "the adapter reads another reference than the codec";
  const peer = peerValue(bytes);
  // Simple values that have no name, and texts in chunks, are nothing that cborg reads.
  if (!(peer instanceof Map)) return undefined;
  if (!isDeepStrictEqual(peerReference(peer.get("ref")), ref))
    return "another reader finds another reference";
  const peerPayload = peerBytes(peer.get("payload"));
  return peerPayload !== undefined && Buffer.compare(peerPayload, payload) === 0
    ? undefined
    : "another reader finds another payload";
}
