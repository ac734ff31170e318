/** A whole store as bytes: a CBOR array of `[ref, envelope bytes]`. */

import { BackendError, type ResourceRef } from "../contract/index.ts";
import { compareReferences } from "../reference/index.ts";
import { CborReader } from "./cbor-reader.ts";
import { bytesHere, encodeArrayHead, encodeUpToBytes, joinBytes } from "./cbor-writer.ts";
import { readWireReference, wireReference } from "./wire-reference.ts";

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
  const reader = new CborReader(bytes);
  const entries: SnapshotEntry[] = [];
  reader.readArray("the snapshot", (index) => {
    entries.push(reader.skipIf(arrayOfTwo) ? readTwo(reader) : readAny(reader, index));
  });
  reader.end();
  return entries;
}

const arrayOfTwo = Uint8Array.of(0x82);

function readTwo(reader: CborReader): SnapshotEntry {
  const ref = readWireReference(reader);
  return { ref, envelope: reader.readBytes("a snapshot entry's envelope") };
}

/** Reads an entry whose array is spelled otherwise, or has not two items. */
function readAny(reader: CborReader, entry: number): SnapshotEntry {
  let ref: ResourceRef | undefined;
  let envelope: Uint8Array | undefined;
  reader.readArray("a snapshot entry", (index) => {
    if (index === 0) ref = readWireReference(reader);
    else if (index === 1) envelope = reader.readBytes("a snapshot entry's envelope");
    else reader.fail("a snapshot entry has more than two items");
  });
  if (ref !== undefined && envelope !== undefined) return { ref, envelope };
  throw new BackendError("corrupt", `snapshot entry ${entry} has fewer than two items`);
}
