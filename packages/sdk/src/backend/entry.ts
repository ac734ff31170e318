/** One resource as the mirror holds it. */

import {
  BackendError,
  type ResourceFormat,
  type ResourceRef,
  type Revision,
} from "../contract/index.ts";
import { decodeEnvelope, encodeEnvelope } from "../codec/index.ts";
import { compareReferences, formatReference } from "../reference/index.ts";

/** Immutable: a change makes another entry, so that lists and replays can share them. */
export interface Entry {
  readonly ref: ResourceRef;
  readonly envelope: Uint8Array;
  readonly revision: Revision;
  /** The envelope's label. */
  readonly format: ResourceFormat | undefined;
  /** A view of the envelope. */
  readonly payload: Uint8Array;
}

/** Everything of an entry but its revision. */
export type Draft = Omit<Entry, "revision">;

/**
 * Makes a draft of an envelope's bytes, which nobody may change from then on. Where the declared
 * reference lacks its kind's default namespace, the envelope is written anew with the full one, so
 * that it says by itself what it is the envelope of.
 *
 * @throws BackendError `corrupt` if they are not an envelope, or not that of the declared reference.
 */
export function draftFromEnvelope(
  envelope: Uint8Array,
  declared: ResourceRef,
  full: ResourceRef = declared,
): Draft {
  const { ref, format, payload } = decodeEnvelope(envelope);
  if (compareReferences(ref, declared) !== 0) {
    throw new BackendError("corrupt", `its envelope is that of ${formatReference(ref)}`);
  }
  if (compareReferences(ref, full) === 0) return { ref: full, envelope, format, payload };
  const label = format === undefined ? {} : { format };
  return draftFromEnvelope(encodeEnvelope({ ref: full, ...label, payload }), full);
}
