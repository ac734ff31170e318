/** Looks at every entry of a snapshot before anything is restored from it. */

import {
  BackendError,
  type ErrorCode,
  type ResourceRef,
  type Revision,
} from "../contract/index.ts";
import { type ReadEntry, readSnapshot } from "../codec/snapshot-reader.ts";
import { compareReferences, formatReference, referenceKey } from "../reference/index.ts";
import type { Domain } from "./domain.ts";
import { draftFromEnvelope, type Entry, entryOf } from "./entry.ts";
import { Slabs } from "./slabs.ts";

/** How many offenders a refusal names. */
const maxNamed = 10;

/**
 * The snapshot's entries, in snapshot order, copied from its bytes.
 *
 * @throws BackendError `corrupt` for bytes that are not a snapshot; the first offender's code for one
 * whose entries this backend cannot hold, naming each.
 */
export function checkSnapshot(
  bytes: Uint8Array,
  domain: Domain,
  mint: (envelope: Uint8Array) => Revision,
): Entry[] {
  const slabs = new Slabs(bytes);
  const copy = (start: number, end: number): Uint8Array => slabs.copy(start, end);
  const seen = new SeenReferences();
  const offenders: BackendError[] = [];
  let offenderCount = 0;
  const entries: Entry[] = [];
  readSnapshot(bytes, copy, (item) => {
    try {
      const entry = checkEntry(item, domain, mint, entries.at(-1)?.ref);
      seen.add(entry.ref, entries);
      entries.push(entry);
    } catch (error) {
      if (!BackendError.is(error)) throw error;
      offenderCount++;
      if (offenders.length < maxNamed) offenders.push(named(error, item));
    }
  });
  refuseOffenders(offenders, offenderCount);
  return seen.isInOrder ? entries : entries.sort((a, b) => compareReferences(a.ref, b.ref));
}

/** Refuses a reference that was there before; while they come in snapshot order, none can have been. */
class SeenReferences {
  #keys: Set<string> | undefined;

  get isInOrder(): boolean {
    return this.#keys === undefined;
  }

  add(ref: ResourceRef, before: readonly Entry[]): void {
    if (this.#keys === undefined) {
      const last = before.at(-1);
      if (last === undefined || compareReferences(last.ref, ref) < 0) return;
      this.#keys = new Set(before.map((entry) => referenceKey(entry.ref)));
    }
    const key = referenceKey(ref);
    if (this.#keys.has(key)) throw new BackendError("corrupt", "it is there twice");
    this.#keys.add(key);
  }
}

function checkEntry(
  item: ReadEntry,
  domain: Domain,
  mint: (envelope: Uint8Array) => Revision,
  before: ResourceRef | undefined,
): Entry {
  const ref = domain.ownReference(item.ref, before);
  const draft = draftFromEnvelope(item.envelope, item.ref, ref, item);
  if (draft.format !== undefined) domain.format(draft.format, ref.kind);
  domain.size(draft.payloadLength, ref.kind);
  domain.envelope(draft.envelope.length, draft.payloadLength);
  return entryOf(draft, mint(draft.envelope));
}

function named(error: BackendError, item: ReadEntry): BackendError {
  return new BackendError(error.code, `${formatReference(item.ref)}: ${error.reason}`, {
    field: error.field,
  });
}

function refuseOffenders(offenders: readonly BackendError[], count: number): void {
  const [first] = offenders;
  if (first === undefined) return;
  const reasons = offenders.map(({ reason }) => reason);
  if (count > offenders.length) reasons.push(`and ${count - offenders.length} more`);
  const code: ErrorCode = first.code;
  throw new BackendError(code, `the snapshot cannot be restored: ${reasons.join("; ")}`, {
    field: first.field,
  });
}
