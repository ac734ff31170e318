/** Looks at every entry of a snapshot before anything is restored from it. */

import { BackendError, type ErrorCode, type Revision } from "../contract/index.ts";
import { decodeSnapshot, type SnapshotEntry } from "../codec/index.ts";
import { compareReferences, formatReference, referenceKey } from "../reference/index.ts";
import type { Domain } from "./domain.ts";
import { copyBytes } from "./bytes.ts";
import { draftFromEnvelope, type Entry } from "./entry.ts";

/** How many offenders a refusal names. */
const maxNamed = 10;

/**
 * The snapshot's entries, in snapshot order, copied from its bytes.
 *
 * @throws BackendError `corrupt` for bytes that are not a snapshot; the first offender's code for one
 * whose entries this backend cannot hold, naming each.
 */
export function checkSnapshot(bytes: Uint8Array, domain: Domain, mint: () => Revision): Entry[] {
  const seen = new Set<string>();
  const offenders: BackendError[] = [];
  let offenderCount = 0;
  const entries: Entry[] = [];
  for (const item of decodeSnapshot(bytes)) {
    try {
      const entry = checkEntry(item, domain, mint);
      const key = referenceKey(entry.ref);
      if (seen.has(key)) throw new BackendError("corrupt", "it is there twice");
      seen.add(key);
      entries.push(entry);
    } catch (error) {
      if (!BackendError.is(error)) throw error;
      offenderCount++;
      if (offenders.length < maxNamed) offenders.push(named(error, item));
    }
  }
  refuseOffenders(offenders, offenderCount);
  return entries.sort((a, b) => compareReferences(a.ref, b.ref));
}

function checkEntry(item: SnapshotEntry, domain: Domain, mint: () => Revision): Entry {
  const ref = domain.reference(item.ref);
  const draft = draftFromEnvelope(copyBytes(item.envelope), item.ref, ref);
  if (draft.format !== undefined) domain.format(draft.format, ref.kind);
  domain.size(draft.payload.length, ref.kind);
  domain.envelope(draft.envelope.length, draft.payload.length);
  return { ...draft, revision: mint() };
}

function named(error: BackendError, item: SnapshotEntry): BackendError {
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
