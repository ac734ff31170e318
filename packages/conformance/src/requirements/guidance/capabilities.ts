/** CORE-010 to 021: what a backend claims. */

import type { ChapterGuidance } from "./guidance.ts";

export const capabilityGuidance: ChapterGuidance = {
  "CORE-010": {
    why: "Callers and this suite decide by the claims alone; one that is missing, contradictory or changing makes them decide wrongly.",
    fix: "Start from `defaultCapabilities`, change what differs, and build the object once when the store opens.",
  },
  "CORE-011": {
    why: "A verb that is not there must say so, or a caller takes doing nothing for success.",
    fix: "Either take the claim away from `verbs`, `snapshot` or `restore`, or make the verb work; without it, reject with `unsupported`.",
  },
  "CORE-012": {
    why: "A format that is claimed and refused breaks callers, and one that is guessed at stores bodies that nobody can read.",
    fix: "Compare `formats` with the adapters that you pass, and refuse what is in neither before the body is read.",
  },
  "CORE-013": {
    why: "Callers split or refuse what is too large by this number; a system's own limit below it loses data late.",
    fix: "Set `maxBodyBytes` to what your system holds (a row, a message, a value), and compare with `>` rather than `>=`.",
  },
  "CORE-014": {
    why: "A kind that is taken and cannot be listed, or refused although it is claimed, makes a resource that nobody can manage.",
    fix: 'Claim `kinds: "any"` only if the system stores any text as a kind; otherwise list each one, and refuse others with field `kind`.',
  },
  "CORE-015": {
    why: "A precondition that is ignored lets two clients overwrite each other while both believe that they were guarded.",
    fix: "Refuse an `ifRevision` that you cannot honour with `unsupported` before anything is written.",
  },
  "CORE-016": {
    why: "A store that says that it forgets and does not surprises its next user with old resources, or hides a durability that could be claimed.",
    fix: 'Claim `durability: "process"` if it does survive, or let `open` begin with nothing.',
  },
  "CORE-017": {
    why: "Two writers of a store that is made for one corrupt it.",
    fix: "Take a lock of the system's (a kernel lock, an exclusive transaction) in `open`, throw `locked` when it is held, and free it in `close` and when opening fails.",
  },
  "CORE-018": {
    why: "Replicas of a service share a store to see each other's writes; a stale mirror makes each of them undo the others' work.",
    fix: 'Read from the system rather than from memory, or claim `sharing: "exclusive"`, or `reads: "read-your-writes"`.',
  },
  "CORE-019": {
    why: "Comments, signatures and hashes live in bytes; a caller that is promised bytes compares them.",
    fix: 'Store the body that was applied beside what you parse from it, or claim `fidelity: "semantic"`.',
  },
  "CORE-020": {
    why: "A controller that misses what others change acts on a world that is gone.",
    fix: "Feed the system's own change notification into reads and watches, or claim `externalWrites: false`.",
  },
  "CORE-021": {
    why: "Two programs on one directory that nobody locks overwrite each other's files, and nothing tells either of them.",
    fix: 'If handles meet in one place (a directory, a table), take a lock in `open`, throw `new BackendError("locked", …)` while somebody else holds it, and claim `sharing: "exclusive"`; where others\' writes are followed, claim `shared`.',
  },
  "CORE-022": {
    why: "A client that asks `kinds` where a resource belongs must not find it somewhere else, or twice: once with a namespace and once without.",
    fix: "Check the namespace of every reference against the kind's `scope` before anything else; `createBackend` does it from `kinds`.",
  },
  "CORE-023": {
    why: "The same job, named with its default namespace and without, is one job to the system; two references for it make a get miss what an apply wrote.",
    fix: "Put the `defaultNamespace` into every reference without one, also into the reference that you return; `createBackend` does it from `kinds`.",
  },
  "CORE-024": {
    why: "A name that the system cannot have fails later, in the system's own words, or is taken for another one; the claim lets clients ask before.",
    fix: "Match names against `names` (with the `u` flag, at both ends) before anything is written; `createBackend` does it from `kinds`.",
  },
};
