/** CORE-040 to 058: apply. */

import type { ChapterGuidance } from "./guidance.ts";

export const applyGuidance: ChapterGuidance = {
  "CORE-040": {
    why: "Callers report what they did and guard their next write with the revision; a wrong one conflicts with nothing but itself.",
    fix: "Return the revision that is stored, with the reference after a kind's default namespace was put in.",
  },
  "CORE-041": {
    why: "Reconcilers apply the same manifest every few seconds; a new revision each time wakes every watcher for nothing.",
    fix: "Compare the new envelope, format and all, with the stored one after the preconditions and before the write.",
  },
  "CORE-042": {
    why: "A field that somebody took out of a manifest must be gone; a merge keeps it in force.",
    fix: "Write the whole body; no deep merge, and no UPDATE of single columns.",
  },
  "CORE-043": {
    why: "A revision that returns makes a stale `ifRevision` pass for a fresh one, and a lost update looks guarded.",
    fix: "Take revisions from a counter of the store that never goes back, or from random bits; not from a hash of the body or a count per resource.",
  },
  "CORE-044": {
    why: "This is what keeps two clients that read, change and write from losing one change.",
    fix: "Compare and write as one step: one transaction, one conditional call of the system, or one lane per resource.",
  },
  "CORE-045": {
    why: "Leader election and name claims rest on exactly one creator.",
    fix: "Use the system's own create-if-absent, or check and write in one lane; over a damaged entry it is `conflict` too.",
  },
  "CORE-046": {
    why: "A caller whose view is stale must learn it, even if it happens to write what is there.",
    fix: "Check `ifRevision` before the shortcut for identical bytes.",
  },
  "CORE-047": {
    why: "Callers use buffers again; a store that keeps a view of one changes its content afterwards.",
    fix: "Copy with `slice()` before the first `await`; `subarray` and `Buffer.from(arrayBuffer)` share memory.",
  },
  "CORE-048": {
    why: "A reader that parses in place or redacts would change what everybody else reads.",
    fix: "Copy the body in each read, or keep what you hand out apart from what you store.",
  },
  "CORE-049": {
    why: "What is no manifest can never be read back as one, and the writer is the one who can mend it.",
    fix: "Use the SDK's adapters; a parser's defaults often take duplicate keys, several documents and alias bombs.",
  },
  "CORE-050": {
    why: "A refusal that has changed something makes a caller repeat what it should undo.",
    fix: "Check everything before the first write, and change memory only after the system has confirmed.",
  },
  "CORE-051": {
    why: "A caller that does not see its own write writes it again.",
    fix: "Resolve only after the mirror or index that reads use has the change, and let no cached read outlive a write.",
  },
  "CORE-052": {
    why: "A caller that issues v1 and then v2 means v2 to stay.",
    fix: "Queue the writes of one resource in the order of the calls; an `await` of varying length before the queue reorders them.",
  },
  "CORE-053": {
    why: "Two winners of one race both believe that they own the resource.",
    fix: "The check for absence and the write must be one step, also between two calls of the same process.",
  },
  "CORE-054": {
    why: "A lost step is a lost update: a quota that is overdrawn, an address that is given out twice.",
    fix: "Hold the resource's lane or transaction from the comparison of `ifRevision` to the end of the write.",
  },
  "CORE-055": {
    why: "A caller that has given up must be able to rely on nothing happening.",
    fix: "Look at `signal.aborted` before anything else, in every verb.",
  },
  "CORE-056": {
    why: "A caller that aborts decides by the outcome whether it must look again.",
    fix: "Say `none` only while the write has not been handed to the system, and `unknown` from then on; never stop halfway through a write.",
  },
  "CORE-057": {
    why: "An empty payload is legal, and a truth test on its length makes the resource disappear.",
    fix: "Compare with `undefined` rather than by truth, and mind systems that read an empty value as a missing one.",
  },
  "CORE-058": {
    why: "Payloads are bytes; a detour through text changes those that are not UTF-8.",
    fix: "Store binary (a BLOB, a byte column, base64 where only text is taken), never a string made by `TextDecoder`.",
  },
};
