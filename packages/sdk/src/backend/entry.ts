/** One resource as the mirror holds it. */

import {
  BackendError,
  type ResourceFormat,
  type ResourceRef,
  type Revision,
} from "../contract/index.ts";
import { locateEnvelope, payloadAt } from "../codec/envelope-reader.ts";
import { encodeEnvelope } from "../codec/index.ts";
import type { SpelledReference } from "../codec/wire-reference.ts";
import { equalReferences, formatReference } from "../reference/index.ts";

/**
 * Immutable: a change makes another entry, so that lists and replays can share them. There may be
 * hundreds of thousands, so each has one array of bytes, and of the payload only where it is in it.
 */
export interface Entry extends Draft {
  readonly revision: Revision;
}

/** Everything of an entry but its revision. */
export interface Draft {
  readonly ref: ResourceRef;
  readonly envelope: Uint8Array;
  /** The envelope's label. */
  readonly format: ResourceFormat | undefined;
  /** Where the payload begins in the envelope; -1 if it does not stand there in one piece. */
  readonly payloadStart: number;
  readonly payloadLength: number;
}

/** The entry that a draft becomes. */
export function entryOf(draft: Draft, revision: Revision): Entry {
  const { ref, envelope, format, payloadStart, payloadLength } = draft;
  // Field by field: a spread makes an object that is larger than its fields.
  return { ref, envelope, format, payloadStart, payloadLength, revision };
}

/** The payload: a view of the envelope, or where it is spelled in another way, a copy. */
export function payloadOf(draft: Draft): Uint8Array {
  return payloadAt(draft.envelope, draft);
}

/** The payload as bytes of the caller's own. */
export function copyOfPayload(draft: Draft): Uint8Array {
  const { envelope, payloadStart, payloadLength } = draft;
  // In one step, since every event of every watch has one; what is in pieces is put together anew.
  if (payloadStart === -1) return payloadOf(draft);
  return envelope.slice(payloadStart, payloadStart + payloadLength);
}

/**
 * Makes a draft of an envelope's bytes, which nobody may change from then on. Where the declared
 * reference lacks its kind's default namespace, the envelope is written anew with the full one, so
 * that it says by itself what it is the envelope of.
 *
 * The draft's reference is the envelope's: the declared one's texts may be parts of a whole manifest's
 * text, which would stay in memory as long as they do. A likely one is known to have texts of its own.
 *
 * @throws BackendError `corrupt` if they are not an envelope, or not that of the declared reference.
 */
export function draftFromEnvelope(
  envelope: Uint8Array,
  declared: ResourceRef,
  full: ResourceRef = declared,
  likely?: SpelledReference,
): Draft {
  const bytes = plainBytes(envelope);
  const { ref, format, payloadStart, payloadLength } = locateEnvelope(bytes, likely);
  if (!equalReferences(ref, declared)) {
    throw new BackendError("corrupt", `its envelope is that of ${formatReference(ref)}`);
  }
  if (!equalReferences(ref, full)) {
    const label = format === undefined ? {} : { format };
    const payload = payloadAt(bytes, { payloadStart, payloadLength });
    return draftFromEnvelope(encodeEnvelope({ ref: full, ...label, payload }), full);
  }
  return { ref, envelope: bytes, format, payloadStart, payloadLength };
}

/** The same bytes as a Uint8Array and nothing more: a Node Buffer, which drivers load, has another `slice`. */
function plainBytes(bytes: Uint8Array): Uint8Array {
  if (Object.getPrototypeOf(bytes) === Uint8Array.prototype) return bytes;
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);
}
