/** A whole store as bytes: a CBOR array of `[ref, envelope bytes]`. */

import type { ResourceRef } from "../contract/index.ts";
import { compareReferences } from "../reference/index.ts";
import { bytesHere, encodeArrayHead, encodeUpToBytes, joinBytes } from "./cbor-writer.ts";
import { readSnapshot } from "./snapshot-reader.ts";
import { wireReference } from "./wire-reference.ts";

/** One resource of a snapshot. */
export interface SnapshotEntry {
  /** The resource; its envelope has the same reference inside. */
  readonly ref: ResourceRef;
  /** What `encodeEnvelope` makes: the native form of the resource. */
  readonly envelope: Uint8Array;
}

/** The deterministic bytes of these entries, in snapshot order whatever order they come in. */
export function encodeSnapshot(entries: readonly SnapshotEntry[]): Uint8Array {
  const sorted = entries.toSorted((a, b) => compareReferences(a.ref, b.ref));
  const pieces = [encodeArrayHead(sorted.length)];
  for (const { ref, envelope } of sorted) {
    pieces.push(encodeUpToBytes([wireReference(ref), bytesHere], envelope.length), envelope);
  }
  return joinBytes(pieces);
}

/**
 * Reads a snapshot in any well-formed spelling and any order. The envelopes may be views of `bytes`;
 * what they hold is not looked at.
 *
 * @throws BackendError `corrupt`, with the offset of the byte at fault where there is one.
 */
export function decodeSnapshot(bytes: Uint8Array): SnapshotEntry[] {
  const entries: SnapshotEntry[] = [];
  const view = (start: number, end: number): Uint8Array => bytes.subarray(start, end);
  readSnapshot(bytes, view, ({ ref, envelope }) => void entries.push({ ref, envelope }));
  return entries;
}
