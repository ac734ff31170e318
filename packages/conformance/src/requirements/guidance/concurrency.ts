/** CONC-001 to 010. */

import type { ChapterGuidance } from "./guidance.ts";

export const concurrencyGuidance: ChapterGuidance = {
  "CONC-001": {
    why: "Two controllers that are told different stories undo each other's work; no test with one client shows it.",
    fix: "Read from one place, and answer a read with what is there at some moment after it was asked: never share the answer to an earlier one.",
  },
  "CONC-002": {
    why: "A client that has seen its write, and then the state before it, writes again.",
    fix: "Keep a client at one replica, or have a replica wait until it knows what that client has seen.",
  },
  "CONC-003": {
    why: "Bugs of state need two or three calls to show: a body that comes back, a delete after a conflict.",
    fix: "Read the shrunk calls in the message one by one; the last answer is the wrong one.",
  },
  "CONC-004": {
    why: "One client is told that it has deleted what another is told to have replaced.",
    fix: "Compare the revision and write in one step, under the lock or in the statement that also changes it.",
  },
  "CONC-005": {
    why: "A delete that was given up and arrives late removes what its caller has created since.",
    fix: "Before the next write of the resource, wait for the earlier one or find out what became of it; give each write the revision that it expects.",
  },
  "CONC-006": {
    why: "A controller that lists after a write was acknowledged relies on finding it.",
    fix: "Answer each list with a state from after it was asked; a list that is under way began too early to be shared.",
  },
  "CONC-007": {
    why: "Two resources that were never there together are compared by who reads the list.",
    fix: "Take all items from one version of the store: an immutable map, a read transaction, the system's own list call.",
  },
  "CONC-008": {
    why: "A backup without the write that was acknowledged before it loses that write.",
    fix: "Begin the snapshot after it was asked for, and never answer with one that was begun for somebody else.",
  },
  "CONC-009": {
    why: "A reader that keeps the state by events ends up with what nobody wrote, or with writes in another order.",
    fix: "Make the event from the entry that was written, inside the turn of the write, and not from a read after it.",
  },
  "CONC-010": {
    why: "List, then watch, is how every controller starts: what falls between the two is never seen.",
    fix: "Take items and cursor from the same version of the store, the cursor first where that cannot be.",
  },
};
