/** The durability chapter, DUR: sudden ends, loss of power, damage. */

import type { ChapterGuidance } from "./guidance.ts";

export const endsAndDamageGuidance: ChapterGuidance = {
  "DUR-001": {
    why: "Writers share queues, batches and flushes, and what is acknowledged for one of them may still be waiting for another's.",
    fix: "Resolve each write when its own batch has reached the system; look at what is answered while a flush is under way.",
  },
  "DUR-002": {
    why: "After a crash at night nobody is there to remove a stale lock.",
    fix: "Use a lock that the kernel or the system ends with its process, not a file that says who holds it.",
  },
  "DUR-003": {
    why: "What is larger than a page, a chunk or a row takes another way than small bodies, and that way is seldom tried.",
    fix: "Store the parts first and let one write, the last, make them the resource.",
  },
  "DUR-004": {
    why: "A caller that was told `conflict` has written something else; the refused body must not come back behind its back.",
    fix: "Check before anything reaches a log or a queue that is read again after a crash.",
  },
  "DUR-005": {
    why: "A store that crashes once often crashes twice, and a journal that is played again brings back what was replaced since.",
    fix: "Forget a journal or an intent, durably, once it has been carried out and before the first write after it.",
  },
  "DUR-006": {
    why: "A counter that is saved at `close` begins again where it was, and a client's old revision fits a newer change.",
    fix: "Store the counter with each write, or begin each opening with a fresh random part.",
  },
  "DUR-007": {
    why: "A controller resumes from the cursor that it has kept, and cannot know that the store had crashed in between.",
    fix: "Put something into cursors that is new at every opening, and answer one of another opening with a `reset`.",
  },
  "DUR-008": {
    why: "Each step leaves a state of its own on the disk, and it is the one between two others that was forgotten.",
    fix: "One step must be the one that decides; everything before it can be thrown away, everything behind it done again.",
  },
  "DUR-009": {
    why: "A store that was half made can be neither opened nor made anew, and its directory is no longer empty.",
    fix: "Write the file that says that this is a store aside, and rename it into place as the last step.",
  },
  "DUR-010": {
    why: "Recovery runs when things have gone wrong already, and a machine that reboots in a loop ends it in the middle.",
    fix: "Make every step of recovery one that can be made again, and take the journal away last.",
  },
  "DUR-011": {
    why: "Without power, a rename can be there before the bytes of the file that it names.",
    fix: "Sync the file before its rename, and the directory after it, in this order.",
  },
  "DUR-012": {
    why: "One bad sector must not take a thousand resources with it.",
    fix: "Collect what cannot be read while loading, as `damaged` of a Driver's `load`, and go on.",
  },
  "DUR-013": {
    why: "A controller that is told `not_found` creates the resource anew, over what could still have been rescued.",
    fix: "Answer `not_found` for what is not there only; every other trouble of reading is `corrupt`, with the reference.",
  },
  "DUR-014": {
    why: "Whoever compares a list with what should be there deletes what the list has left out; a backup without it is none.",
    fix: "Refuse the whole list, and say in the message which entry it is: its name, its path, its key.",
  },
  "DUR-015": {
    why: "The fewer verbs one damaged resource takes away, the longer the rest goes on.",
    fix: "Learn kind and namespace from the place (the path, the key), and say in `known` what the place tells.",
  },
  "DUR-016": {
    why: "An operator learns of damage from the numbers before a client stumbles over it.",
    fix: "Count what `load` could not read apart from what it could.",
  },
  "DUR-017": {
    why: "The manifest is usually still in somebody's repository, and applying it again is what anybody would try first.",
    fix: "Write over whatever is there, without reading it first, and forget the damage when it is written.",
  },
  "DUR-018": {
    why: "Create-only is how clients make sure that they overwrite nothing.",
    fix: "Let damage count as something that is there wherever a precondition is checked.",
  },
  "DUR-019": {
    why: "What cannot be read and cannot be deleted either makes lists `corrupt` for ever.",
    fix: "Remove by key or path without reading, and answer `not_found` only where there is nothing.",
  },
  "DUR-020": {
    why: "A backup is restored when much is damaged, not only one resource.",
    fix: "Take damaged entries for managed ones: what the snapshot lacks is removed, what it has is written over.",
  },
  "DUR-021": {
    why: "After a `chmod` too many a store that takes EACCES for ENOENT looks empty, and is filled anew.",
    fix: "Only the system's own word for missing (ENOENT, no row) is missing.",
  },
  "DUR-022": {
    why: "A flipped bit in a number is a manifest that nobody has written, and it still parses.",
    fix: "Compare the checksum at every reading before anything is made of the bytes.",
  },
  "DUR-023": {
    why: "An older release that writes into a newer layout destroys it, one file after the other.",
    fix: "Read the version before anything else, and refuse what is not known by name.",
  },
};
