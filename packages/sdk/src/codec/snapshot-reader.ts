/** Reads snapshots entry by entry: whoever needs each but once lets it go before the next one comes. */

import { BackendError, type ResourceRef } from "../contract/index.ts";
import { CborReader } from "./cbor-reader.ts";
import type { SnapshotEntry } from "./snapshot.ts";
import { readWireReference } from "./wire-reference.ts";

/** Makes an envelope of the part of the snapshot where it stands in one piece: a view, or a copy. */
export type TakeBytes = (start: number, end: number) => Uint8Array;

/** Reads a snapshot as `decodeSnapshot` does. What is wrong with its end is found out only there. */
export function readSnapshot(
  bytes: Uint8Array,
  take: TakeBytes,
  visit: (entry: SnapshotEntry) => void,
): void {
  const reader = new CborReader(bytes);
  let before: ResourceRef | undefined;
  reader.readArray("the snapshot", (index) => {
    const entry = reader.skipIf(arrayOfTwo)
      ? readTwo(reader, take, before)
      : readAny(reader, take, index);
    before = entry.ref;
    visit(entry);
  });
  reader.end();
}

const arrayOfTwo = Uint8Array.of(0x82);

/** In snapshot order, most have the kind and the namespace of the one before. */
function readTwo(
  reader: CborReader,
  take: TakeBytes,
  before: ResourceRef | undefined,
): SnapshotEntry {
  const ref = readWireReference(reader, before);
  return { ref, envelope: readEnvelopeBytes(reader, take) };
}

/** Reads an entry whose array is spelled otherwise, or has not two items. */
function readAny(reader: CborReader, take: TakeBytes, entry: number): SnapshotEntry {
  let ref: ResourceRef | undefined;
  let envelope: Uint8Array | undefined;
  reader.readArray("a snapshot entry", (index) => {
    if (index === 0) ref = readWireReference(reader);
    else if (index === 1) envelope = readEnvelopeBytes(reader, take);
    else reader.fail("a snapshot entry has more than two items");
  });
  if (ref !== undefined && envelope !== undefined) return { ref, envelope };
  throw new BackendError("corrupt", `snapshot entry ${entry} has fewer than two items`);
}

function readEnvelopeBytes(reader: CborReader, take: TakeBytes): Uint8Array {
  const start = reader.skipBytes();
  if (start !== -1) return take(start, reader.offset);
  return new Uint8Array(reader.readBytes("a snapshot entry's envelope"));
}
