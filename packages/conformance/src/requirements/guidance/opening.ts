/** CORE-001 to 009: opening and closing. */

import type { ChapterGuidance } from "./guidance.ts";

export const openingGuidance: ChapterGuidance = {
  "CORE-001": {
    why: "Stores that leak into each other show one tenant's resources to another, and make every other result here worthless.",
    fix: "Look for state outside what `open` makes (a module-level Map, a table or prefix that every store uses), and for an `open` that ignores its `directory`.",
  },
  "CORE-002": {
    why: "Whoever opens a place for the first time takes what is in it for their own resources.",
    fix: "Look at what `open` leaves behind from a run before, and at files of your own (a lock, metadata) that are listed as resources.",
  },
  "CORE-003": {
    why: "Shutdown paths overlap (a signal handler, `await using`, a supervisor), and a second `close` that throws or hangs keeps the process from ending.",
    fix: "Keep the promise of the first `close` and return it from every later one.",
  },
  "CORE-004": {
    why: "A write that slips in after `close` is never flushed, or lands in a store that somebody else has opened meanwhile.",
    fix: "Check the state first in every verb, before anything is awaited; a whole backend must do it itself, `createBackend` does.",
  },
  "CORE-005": {
    why: "Monitoring asks when things are down, and a `diagnostics` that throws then hides why.",
    fix: "Answer from fields in memory, and let `close` set the state rather than take them away.",
  },
  "CORE-006": {
    why: "A caller whose promise never settles hangs, and one whose write was dropped silently believes that it is stored.",
    fix: "Count the writes that were accepted, let `close` wait for them, and reject what is left after a bound with `closed` and outcome `unknown`.",
  },
  "CORE-007": {
    why: "`await using` is how most code closes a store; one that it leaves open keeps its lock and its timers.",
    fix: "Let `[Symbol.asyncDispose]` call `close` and return its promise.",
  },
  "CORE-008": {
    why: "Health checks call `diagnostics` all the time, and must not wait for a slow system or disagree with what the store holds.",
    fix: "Return the fields of `Diagnostics` from memory; the counts must be those of `resourceCount` and `subscriberCount`.",
  },
  "CORE-009": {
    why: "Between the call of `close` and its end a new write would be neither waited for nor refused.",
    fix: "Set the state to closing in `close` before its first `await`.",
  },
};
