/** Reads snapshots entry by entry: whoever needs each but once lets it go before the next one comes. */

import { BackendError, type ResourceRef } from "../contract/index.ts";
import { CborReader } from "./cbor-reader.ts";
import type { SnapshotEntry } from "./snapshot.ts";
import { readWireReference } from "./wire-reference.ts";

/** Reads a snapshot as `decodeSnapshot` does. What is wrong with its end is found out only there. */
export function readSnapshot(bytes: Uint8Array, visit: (entry: SnapshotEntry) => void): void {
  const reader = new CborReader(bytes);
  let before: ResourceRef | undefined;
  reader.readArray("the snapshot", (index) => {
    const entry = reader.skipIf(arrayOfTwo) ? readTwo(reader, before) : readAny(reader, index);
    before = entry.ref;
    visit(entry);
  });
  reader.end();
}

const arrayOfTwo = Uint8Array.of(0x82);

/** In snapshot order, most have the kind and the namespace of the one before. */
function readTwo(reader: CborReader, before: ResourceRef | undefined): SnapshotEntry {
  const ref = readWireReference(reader, before);
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
