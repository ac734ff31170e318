/** SNAP-001 to 023. */

import type { ChapterGuidance } from "./guidance.ts";

export const snapshotGuidance: ChapterGuidance = {
  "SNAP-001": {
    why: "A backup of an empty store is still a backup, and must restore to nothing.",
    fix: "Write the empty array rather than no bytes.",
  },
  "SNAP-002": {
    why: "Snapshots are compared by their hash across backends and implementations, which takes one encoding and one order.",
    fix: "Use the SDK's `encodeSnapshot`, which sorts; a CBOR library's defaults are seldom deterministic.",
  },
  "SNAP-003": {
    why: "Replicas prove that they agree by equal snapshots, and revisions or times in one break that.",
    fix: "Leave revisions, timestamps and the order of insertion out of it.",
  },
  "SNAP-004": {
    why: "It is what snapshots are for: moving a store.",
    fix: "Restore the envelopes as they are, formats included.",
  },
  "SNAP-005": {
    why: "After a rollback, resources that were made since must not go on running.",
    fix: "Remove what the snapshot lacks; a loop of `apply` merges.",
  },
  "SNAP-006": {
    why: "Other writers, and people who repair a snapshot, order otherwise.",
    fix: "Read all entries first; do not rely on their order for parents, kinds or duplicates.",
  },
  "SNAP-007": {
    why: "The Rust implementation and older writers spell the same content otherwise, and their checksums cover the bytes.",
    fix: "Use the SDK's `decodeSnapshot`, and keep an envelope's bytes rather than encoding it anew.",
  },
  "SNAP-008": {
    why: "A restore of a truncated download must not leave an empty or a half store.",
    fix: "Decode and check the whole snapshot before the first change.",
  },
  "SNAP-009": {
    why: "Half of a backup in place of a whole store is worse than none.",
    fix: "Check each entry's reference, and its envelope's, with duplicates, before anything is written.",
  },
  "SNAP-010": {
    why: "Whoever mends a snapshot wants all of its faults, not one a try.",
    fix: "Gather the bad entries and name up to ten in the message.",
  },
  "SNAP-011": {
    why: "A client that read before the restore would overwrite what the restore brought back.",
    fix: "Mint revisions in the restore; take none from the snapshot and set no counter back.",
  },
  "SNAP-012": {
    why: "Callers stream, encrypt and reuse these buffers.",
    fix: "Return a copy, and copy what comes in before the first `await`.",
  },
  "SNAP-013": {
    why: "A machine that dies during a rollback must not come back as a mixture of two states.",
    fix: 'Write the new state aside and switch by one step (a transaction, a rename), or claim `restore: "resumable"`.',
  },
  "SNAP-014": {
    why: "A restore that lives in memory only is undone by the next restart.",
    fix: "Send what is restored, and what is removed, through the same writes as `apply` and `delete`.",
  },
  "SNAP-015": {
    why: "A write that a restore swallows was acknowledged and is gone.",
    fix: "Let restore exclude writes: those before it end first, those after it wait.",
  },
  "SNAP-016": {
    why: "Manifests as people write them must survive the move.",
    fix: "Compare the sample that the message names on both sides.",
  },
  "SNAP-017": {
    why: "A backup that mixes two moments can hold a reference to what it lacks.",
    fix: 'Snapshot from an immutable view or within one read transaction, or claim `snapshot: "per-kind"`.',
  },
  "SNAP-018": {
    why: "A controller that lists in the middle of a restore would delete what seems to be superfluous.",
    fix: 'Swap what reads use in one step after everything is written, or claim `restore: "resumable"`.',
  },
  "SNAP-019": {
    why: 'An empty snapshot is a legal one, and "nothing to do" is the wrong answer to it.',
    fix: "Do not return early on zero entries.",
  },
  "SNAP-020": {
    why: "JSON is YAML as well; guessing anew after a restore turns one into the other.",
    fix: "Keep the envelope's `format` key.",
  },
  "SNAP-021": {
    why: "A resource that nobody can read or write would sit in the store.",
    fix: "Check each envelope's format against `capabilities.formats` before anything is written.",
  },
  "SNAP-022": {
    why: "A restore must not be a way around the limit that `apply` keeps.",
    fix: "Check the payload's length of every entry, by its kind's own limit if it has one.",
  },
  "SNAP-023": {
    why: "A few bytes from outside must not take the process's memory or its time.",
    fix: "Decode with the SDK's reader, or compare announced lengths with what is left and bound the depth.",
  },
};
