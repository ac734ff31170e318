/** CORE-110 to 116: every verb in every state. */

import type { ChapterGuidance } from "./guidance.ts";

export const stateGuidance: ChapterGuidance = {
  "CORE-110": {
    why: "Lazy preparation in one verb makes all others fail until somebody happens to call that one.",
    fix: "Prepare (tables, directories, the mirror) in `open`.",
  },
  "CORE-111": {
    why: "A supervisor reads the counts during shutdown to know whether it may go on.",
    fix: "Keep the counts in memory, and take watches out when they end, not when they are collected.",
  },
  "CORE-112": {
    why: "A handle that comes back to life beside a new one writes into a store that it no longer owns.",
    fix: "Keep the state in the handle; no connection or registry that both share.",
  },
  "CORE-113": {
    why: "A second opener, even one that is refused, must not disturb who is at work.",
    fix: "Look at what a failed `open` cleans up (locks, temporary files), and at resources that handles share without counting.",
  },
  "CORE-114": {
    why: "After a failure nobody can vouch for what is stored, and a write that seems to work makes it worse.",
    fix: "Throw a `StoreFailedError` from the driver, or set a failed state that every verb checks first.",
  },
  "CORE-115": {
    why: "An operator must find out from outside that the store needs to be opened anew.",
    fix: "Keep the state and the error's one line for `diagnostics` when the store fails.",
  },
  "CORE-116": {
    why: "A store that cannot be closed after a failure cannot be repaired without killing the process.",
    fix: "Let `close` free everything without writing, and let `open` recover what was acknowledged.",
  },
};
