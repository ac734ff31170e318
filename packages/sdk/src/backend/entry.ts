/** One resource as the mirror holds it. */

import {
  BackendError,
  type ResourceFormat,
  type ResourceRef,
  type Revision,
} from "../contract/index.ts";
import { decodeEnvelope } from "../codec/index.ts";
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

/**
 * Makes an entry of an envelope's bytes, which nobody may change from then on.
 *
 * @throws BackendError `corrupt` if they are not an envelope, or that of another resource.
 */
export function entryFromEnvelope(
  ref: ResourceRef,
  envelope: Uint8Array,
  revision: Revision,
): Entry {
  const { ref: inner, format, payload } = decodeEnvelope(envelope);
  if (compareReferences(inner, ref) !== 0) {
    throw new BackendError("corrupt", `its envelope is that of ${formatReference(inner)}`);
  }
  return { ref, envelope, revision, format, payload };
}

/** Whether two byte sequences are equal. */
export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}
