/** Snapshots: mutated trees, as the codec reads them. */

import { isDeepStrictEqual } from "node:util";
import { decodeSnapshot, encodeSnapshot, type SnapshotEntry } from "../../../src/codec/index.ts";
import { compareReferences } from "../../../src/reference/index.ts";
import { peerBytes, peerReference, peerValue } from "../cbor-oracle.ts";
import type { Family, Verdict } from "../family.ts";
import { flawOfError } from "../flaw-of-error.ts";
import { shorterBytes } from "../mutate-bytes.ts";
import { mutateCbor } from "../mutate-cbor.ts";
import { snapshotItem } from "../sample-items.ts";
import { showBytes } from "../show-bytes.ts";
import { isWellFormedCbor } from "../well-formed-cbor.ts";

const corrupt = new Set(["corrupt"]);

export const snapshotFamily: Family<Uint8Array> = {
  name: "snapshot",
  weight: 140,
  make: (random) => mutateCbor(random, snapshotItem(random)),
  examine: examineSnapshot,
  smaller: shorterBytes,
  show: showBytes,
};

function examineSnapshot(bytes: Uint8Array): Verdict {
  const isWellFormed = isWellFormedCbor(bytes);
  let entries: SnapshotEntry[];
  try {
    entries = decodeSnapshot(bytes);
  } catch (error) {
    return { result: "corrupt", isWellFormed, flaw: flawOfError(error, corrupt) };
  }
  const flaw = isWellFormed ? acceptanceFlaw(bytes, entries) : "accepted what is not well-formed";
  return { result: "accepted", isWellFormed, flaw };
}

function acceptanceFlaw(bytes: Uint8Array, entries: SnapshotEntry[]): string | undefined {
  const sorted = entries.toSorted((a, b) => compareReferences(a.ref, b.ref));
  if (!isDeepStrictEqual(decodeSnapshot(encodeSnapshot(entries)), sorted))
    return "what it read is another snapshot when written and read again";
  const peer = peerValue(bytes);
  if (!Array.isArray(peer)) return undefined;
  const isSame =
    peer.length === entries.length &&
    peer.every((item: unknown, at) => Array.isArray(item) && isSameEntry(item, entries[at]));
  return isSame ? undefined : "another reader finds other entries";
}

function isSameEntry([ref, bytes]: unknown[], entry: SnapshotEntry | undefined): boolean {
  const envelope = peerBytes(bytes);
  return (
    entry !== undefined &&
    envelope !== undefined &&
    isDeepStrictEqual(peerReference(ref), entry.ref) &&
    Buffer.compare(envelope, entry.envelope) === 0
  );
}
