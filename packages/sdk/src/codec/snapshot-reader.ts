/** Reads snapshots entry by entry: whoever needs each but once lets it go before the next one comes. */

import { BackendError, type ResourceRef } from "../contract/index.ts";
import { CborReader } from "./cbor-reader.ts";
import type { SnapshotEntry } from "./snapshot.ts";
import { readWireReference, type SpelledReference } from "./wire-reference.ts";

/** Makes an envelope of the part of the snapshot where it stands in one piece: a view, or a copy. */
export type TakeBytes = (start: number, end: number) => Uint8Array;

/** An entry, with where in the snapshot its reference stands. */
export interface ReadEntry extends SnapshotEntry, SpelledReference {}

/** Reads a snapshot as `decodeSnapshot` does. What is wrong with its end is found out only there. */
export function readSnapshot(
  bytes: Uint8Array,
  take: TakeBytes,
  visit: (entry: ReadEntry) => void,
): void {
  const reader = new CborReader(bytes);
  let before: ResourceRef | undefined;
  reader.readArray("the snapshot", (index) => {
    const entry = reader.skipIf(arrayOfTwo)
      ? readTwo(reader, bytes, take, before)
      : readAny(reader, bytes, take, index);
    before = entry.ref;
    visit(entry);
  });
  reader.end();
}

const arrayOfTwo = Uint8Array.of(0x82);

/** In snapshot order, most have the kind and the namespace of the one before. */
function readTwo(
  reader: CborReader,
  spelledIn: Uint8Array,
  take: TakeBytes,
  before: ResourceRef | undefined,
): ReadEntry {
  const start = reader.offset;
  const ref = readWireReference(reader, before);
  const end = reader.offset;
  return { ref, spelledIn, start, end, envelope: readEnvelopeBytes(reader, take) };
}

/** Reads an entry whose array is spelled otherwise, or has not two items. */
function readAny(
  reader: CborReader,
  spelledIn: Uint8Array,
  take: TakeBytes,
  entry: number,
): ReadEntry {
  let ref: ResourceRef | undefined;
  let envelope: Uint8Array | undefined;
  let start = 0;
  let end = 0;
  reader.readArray("a snapshot entry", (index) => {
    if (index === 0) {
      start = reader.offset;
      ref = readWireReference(reader);
      end = reader.offset;
    } else if (index === 1) envelope = readEnvelopeBytes(reader, take);
    else reader.fail("a snapshot entry has more than two items");
  });
  if (ref !== undefined && envelope !== undefined) return { ref, spelledIn, start, end, envelope };
  throw new BackendError("corrupt", `snapshot entry ${entry} has fewer than two items`);
}

function readEnvelopeBytes(reader: CborReader, take: TakeBytes): Uint8Array {
  const start = reader.skipBytes();
  if (start !== -1) return take(start, reader.offset);
  return new Uint8Array(reader.readBytes("a snapshot entry's envelope"));
}
