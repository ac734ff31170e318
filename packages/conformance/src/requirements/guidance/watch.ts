/** WATCH-001 to 037. */

import type { ChapterGuidance } from "./guidance.ts";

export const watchGuidance: ChapterGuidance = {
  "WATCH-001": {
    why: "A reader builds its copy from the replay and acts once the bookmark says that it is whole.",
    fix: "Take the state and register for changes at one instant; deliver the state in list order, and the bookmark last.",
  },
  "WATCH-002": {
    why: "A controller waits for the bookmark before it starts; without one it waits for ever for a kind that nobody uses.",
    fix: "Send the bookmark after a replay of nothing too.",
  },
  "WATCH-003": {
    why: "The three types are all that a reader goes by: a wrong one makes it create what is there, or keep what is gone.",
    fix: "Decide the type by what was stored before the write, and take body and revision from the write itself.",
  },
  "WATCH-004": {
    why: "Cleanup needs to know what was deleted: its finalizers, its address, its owner.",
    fix: "Keep the entry that the delete removed, and send it with the revision that it had.",
  },
  "WATCH-005": {
    why: "Events without a change start reconcile loops that never come to rest.",
    fix: "Tell the watches after the comparison of bytes, and only if something was written.",
  },
  "WATCH-006": {
    why: "A reader would act on a state that never was.",
    fix: "Tell the watches when the system has confirmed the write, not when it is tried.",
  },
  "WATCH-007": {
    why: "A reader that asked for JSON parses every event as JSON.",
    fix: "Render in one function for replay, live events and deletions; the last is forgotten most.",
  },
  "WATCH-008": {
    why: "An event that is left out because it cannot be translated is a gap.",
    fix: "Fall back to the format that the resource is in, and set the event's `format` to it.",
  },
  "WATCH-009": {
    why: "A watcher of one tenant must not see another's.",
    fix: "Compare kind and namespace for equality, not by prefix or pattern.",
  },
  "WATCH-010": {
    why: "A cluster-wide controller that misses cluster-scoped resources does half its work.",
    fix: 'Treat a missing namespace in the watch as "any, and none", in the replay and in live events alike.',
  },
  "WATCH-011": {
    why: "A gap is a change that nobody ever acts on; a duplicate is one that is acted on twice.",
    fix: "Read the state and register in one synchronous step, or register first and drop what the state has already.",
  },
  "WATCH-012": {
    why: "Events out of order leave a reader with an old version for good.",
    fix: "Send from the place where writes are put in order, and await nothing between the write and the send.",
  },
  "WATCH-013": {
    why: "With several controllers on one store each needs the whole story.",
    fix: "Give every watch a queue of its own; an iterator over a shared one splits the events among its readers.",
  },
  "WATCH-014": {
    why: "List and then watch is how every informer starts, and must be without a seam.",
    fix: "Let a list's cursor name the point at which its items were read, and replay from the change log after it.",
  },
  "WATCH-015": {
    why: "After a broken connection a reader goes on from its last event, and handles that one twice if it comes again.",
    fix: "Deliver the changes whose position is greater than the cursor's, not greater or equal.",
  },
  "WATCH-016": {
    why: "Bookmarks let a quiet watch resume cheaply.",
    fix: "Give a bookmark the cursor of the last change before it, and no later one.",
  },
  "WATCH-017": {
    why: "A cursor that is unknown means that something may be missed; going on from now would hide it.",
    fix: "Check that a cursor belongs to this store and is still in the log; otherwise send a reset and the state.",
  },
  "WATCH-018": {
    why: "A backend that cannot resume must say so in the stream rather than skip what happened.",
    fix: "Answer every `since` with a reset, the state and a bookmark.",
  },
  "WATCH-019": {
    why: "One stuck reader must not stop the whole store or eat its memory.",
    fix: "Bound each watch's queue; on overflow drop it and put a reset in its place, without waiting for the reader.",
  },
  "WATCH-020": {
    why: "A reader that is slow for a moment should not have to start over.",
    fix: "Compare with `>` rather than `>=`, and do not count bookmarks or the replay.",
  },
  "WATCH-021": {
    why: "Otherwise a store with many resources could never be watched: each replay would overflow.",
    fix: "Feed the replay from a view of the state rather than through the bounded queue.",
  },
  "WATCH-022": {
    why: "A `for await` that never ends keeps its task and its memory alive.",
    fix: "Settle the pending `next()` with `done` when the watch is closed, and keep it at `done`.",
  },
  "WATCH-023": {
    why: "Signals are how callers stop things, and one that is ignored leaks a watch.",
    fix: "Look at `signal.aborted` before opening, listen for `abort`, and take the listener off at the end.",
  },
  "WATCH-024": {
    why: "A process cannot end while loops over watches of a closed store still wait.",
    fix: "End every open watch in `close`, also those whose reader waits.",
  },
  "WATCH-025": {
    why: "`break` is how readers leave; a watch that stays open then fills its queue for nobody.",
    fix: "Give the iterator a `return` that closes the watch.",
  },
  "WATCH-026": {
    why: "It is how leaks of watches are found, if it is right.",
    fix: "Use the size of the set of open watches, and take one out on every way to its end.",
  },
  "WATCH-027": {
    why: "One reader that changes a body in place would change what all others see.",
    fix: "Make a body for each event and watch.",
  },
  "WATCH-028": {
    why: "A controller reads what it was told about, and would undo the change if it saw the old state.",
    fix: "Update what reads use before the watches are told.",
  },
  "WATCH-029": {
    why: "After a restore nothing that a reader knows need hold, and it cannot tell by itself.",
    fix: "Send a reset and a new replay to every watch once the restored state is in place.",
  },
  "WATCH-030": {
    why: "A reader would act on, and pass on, a change that a restart takes back.",
    fix: "Tell the watches after the write is as durable as claimed, not while it is buffered.",
  },
  "WATCH-031": {
    why: "Readers outlive restarts of the store, and a silent gap is worse than a reset.",
    fix: "Put something of this opening into every cursor, and answer a cursor of another one with a reset unless the log survives.",
  },
  "WATCH-032": {
    why: "A bookmark that runs ahead of events makes a resuming reader miss them.",
    fix: "Fix the bookmark's cursor when the state is read, not when the bookmark is delivered.",
  },
  "WATCH-033": {
    why: "A resource that was made anew is another one: its owner, its address and its history are not the old one's.",
    fix: "Do not fold the queue by reference, and mint a revision at each creation.",
  },
  "WATCH-034": {
    why: "This is the promise that everything built on a watch rests on: follow the rules, and your copy is true.",
    fix: "Run it alone with the seed of the failure; the message has the first difference.",
  },
  "WATCH-035": {
    why: "A reader may stop in the middle of the replay, and everything behind that point is unknown to it.",
    fix: "Give replayed events a cursor that answers with a reset.",
  },
  "WATCH-036": {
    why: "A reader that waits on a failed store waits for ever and believes that all is quiet.",
    fix: "Reject the pending `next()` of every watch with the failure, and count none of them.",
  },
  "WATCH-037": {
    why: "A stream around a watch calls `return` when it is destroyed, most often while it waits for an event; until that event comes the watch would stay open.",
    fix: "Do not use an async generator as the iterator: its `return` queues behind the pending `next()`. Write an object whose `return` closes the watch.",
  },
};
