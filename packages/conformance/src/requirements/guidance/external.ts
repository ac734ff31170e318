/** EXT-001 to 012. */

import type { ChapterGuidance } from "./guidance.ts";

export const externalGuidance: ChapterGuidance = {
  "EXT-001": {
    why: "A controller that reads what its own process has written, and nothing else, works against everybody else.",
    fix: "Follow the system's changes; where reads are linearizable, ask the system how far to wait before each read (`sync` of a Driver).",
  },
  "EXT-002": {
    why: "A revision that stays or comes back lets a client write over a change that it has never seen.",
    fix: "Take the system's own version (a modification index, a resourceVersion) as the revision; a count for each resource begins anew when it is created again.",
  },
  "EXT-003": {
    why: "A backup that lacks what others have written loses it.",
    fix: "Make the snapshot of what reads show, not of what this handle has written.",
  },
  "EXT-004": {
    why: "A controller that is not told of what others do never does anything about it.",
    fix: "Tell by what was there before whether a change is `added` or `modified`, and keep the last body for `deleted`: systems often tell no more than the name.",
  },
  "EXT-005": {
    why: "An event that is lost under load is lost for good: its reader is wrong until the next change.",
    fix: "Let one sequence of changes feed the watches, own writes included; a change that is told by the write and by the feed comes twice.",
  },
  "EXT-006": {
    why: "A watch of one tenant's namespace shows another's.",
    fix: "Send what others write through the same filter and the same translation as own writes.",
  },
  "EXT-007": {
    why: "Who comes back after a pause misses what others did in it.",
    fix: "Give every change a place in one history, and cursors from that; what cannot be had any more is a `reset`.",
  },
  "EXT-008": {
    why: "The check is there for two writers; one that asks only what this handle knows lets the slower one win.",
    fix: "Compare in the system, in the statement that also writes (a transaction's condition, `resourceVersion`, an index).",
  },
  "EXT-009": {
    why: "A caller that is told `unchanged` believes that its manifest is in force.",
    fix: "Find out what is there before you refuse or call something unchanged; write under the condition that it is still what you judged by.",
  },
  "EXT-010": {
    why: "The caller was told that its write is done, and its reader ends up with the state before it.",
    fix: "Take changes over in the system's order only, and answer a write when its own change has come.",
  },
  "EXT-011": {
    why: "A restore that leaves what others have added gives a state that nobody ever saved.",
    fix: "Compare the snapshot with what the system has now, not with what this handle knew when it was opened.",
  },
  "EXT-012": {
    why: "Reads that show what watches do not tell make two truths; who reads the claim relies on one.",
    fix: "Serve every read from the same state as the watches, or follow the system and claim `externalWrites`.",
  },
};
