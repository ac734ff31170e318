/** CORE-070 to 093: list, delete, errors. */

import type { ChapterGuidance } from "./guidance.ts";

export const listGuidance: ChapterGuidance = {
  "CORE-070": {
    why: "A controller lists everything of a kind to know what to do, and tears down what the list lacks.",
    fix: "Without a namespace, include every namespace and the cluster-scoped resources; an SQL `namespace = NULL` matches nothing.",
  },
  "CORE-071": {
    why: "A prefix that matches more than it should shows one tenant's resources in another's list.",
    fix: "End the prefix with the separator, compare fields for equality, and mind `LIKE` with `_` and `%`.",
  },
  "CORE-072": {
    why: "Lists are compared, paged and hashed across backends, which works only in one order.",
    fix: "Sort by UTF-8 bytes with the SDK's `compareReferences`; JavaScript's own order is that of UTF-16, and databases have collations.",
  },
  "CORE-073": {
    why: "A caller guards a write with the revision from a list, and compares a list's bodies with what `get` gave it.",
    fix: "Make the items by the same code that serves `get`.",
  },
  "CORE-074": {
    why: "One manifest that has no JSON must not hide the other hundred.",
    fix: "Catch what translation throws for each item, and give that one in its own format.",
  },
  "CORE-075": {
    why: "Callers list before anything is there, and an error then looks like an outage.",
    fix: "Return no items where the system says that the table, directory or prefix is missing.",
  },
  "CORE-076": {
    why: "Quotas and dashboards read the count, and a count that drifts never comes back.",
    fix: "Derive it from the mirror's size rather than adding and subtracting.",
  },
  "CORE-080": {
    why: "A resolved delete that has not happened yet makes the next create fail or vanish.",
    fix: "Resolve when the system has removed it, and where removal takes its time wait for the end.",
  },
  "CORE-081": {
    why: "A delete that matches too much is data loss.",
    fix: "Delete by the whole key: kind, namespace and name, with a missing namespace as a value of its own.",
  },
  "CORE-082": {
    why: "Without it a cleanup deletes what somebody has just made anew.",
    fix: "Compare and remove as one step, as for `apply`.",
  },
  "CORE-083": {
    why: "What is created after a delete must start clean, or old fields come back from the dead.",
    fix: "Look for tombstones and caches that are keyed by the reference alone.",
  },
  "CORE-090": {
    why: "A synchronous throw passes by the caller's `catch` on the promise and ends the process.",
    fix: "Make every verb an `async` function, and check the arguments' types before anything else.",
  },
  "CORE-091": {
    why: "Callers and operators decide by code, outcome and `retryable`; an error without them leaves only guessing.",
    fix: "Turn whatever the system throws into a `BackendError` at one place around all verbs; keep the original as `cause`.",
  },
  "CORE-092": {
    why: "Manifests hold passwords, and error messages end up in logs.",
    fix: "Say where the fault is (field, line, column) rather than what is there; parsers' messages often quote their input.",
  },
  "CORE-093": {
    why: "A caller creates on `not_found`, mends on `invalid_manifest` and gives up on `unsupported_format`; one code for all makes it do the wrong one.",
    fix: "Check reference, format and body one after the other, each with its own code.",
  },
};
