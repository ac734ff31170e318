/** CORE-100 to 106: durability. */

import type { ChapterGuidance } from "./guidance.ts";

export const durabilityGuidance: ChapterGuidance = {
  "CORE-100": {
    why: "A store that loses or changes resources over a restart is a cache.",
    fix: "Look at what `close` flushes, what `load` filters out, and whether both use the same place.",
  },
  "CORE-101": {
    why: "A reference may live well in memory and still be lost by the name that it gets on disk.",
    fix: "Name what is stored by a hash of `referenceKey`, which fits every system, and read the reference from the envelope.",
  },
  "CORE-102": {
    why: "Acknowledged means that the caller has thrown its own copy away.",
    fix: "Resolve after the write has reached the system, not when it was queued; no write-behind, no commit by timer.",
  },
  "CORE-103": {
    why: "A half-written entry is worse than an old one: it is neither what was nor what is.",
    fix: "Write aside and rename, or use a transaction; never truncate in place.",
  },
  "CORE-104": {
    why: "A client that held a revision over the restart would overwrite a newer change.",
    fix: "Store the counter or the revisions with the entries, or begin each opening with a fresh random part.",
  },
  "CORE-105": {
    why: "What sits in the operating system's cache when power is lost is gone, although it was acknowledged.",
    fix: 'Call fsync on the file and on the directory that holds it before resolving, or claim `durability: "process"`.',
  },
  "CORE-106": {
    why: "`a/b` + `c` and `a` + `b/c` make the same joined key, and one overwrites the other.",
    fix: "Encode the separator inside fields, or keep the fields in columns or directories of their own; where a name has a limit, use a hash beyond it, with the reference stored inside.",
  },
};
