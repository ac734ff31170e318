/** References that meet wherever a store joins their fields into one key without care. */

import type { ResourceRef } from "@engenho/sdk";

/** What stores put between fields. */
const separators = ["/", ":", ".", "-", "_", "|", " ", "%2F", "\\", ",", "#", "--"];

/** What a missing namespace turns into by accident, or is spelled as on purpose. */
const standIns = ["undefined", "null", "_cluster", "-", "_", "default", "none", "cluster", "None"];

/** References that must not meet. */
type Group = readonly [ResourceRef, ...ResourceRef[]];

/** Groups of references, all different; within each, some careless key is the same for all. */
export const collidingReferences: readonly Group[] = [
  ...separators.flatMap((between): Group[] => [
    [
      { kind: "Meeting", namespace: `a${between}b`, name: "c" },
      { kind: "Meeting", namespace: "a", name: `b${between}c` },
      { kind: "Meeting", name: `a${between}b${between}c` },
    ],
    [
      { kind: `Meeting${between}d`, namespace: "e", name: "f" },
      { kind: "Meeting", namespace: `d${between}e`, name: "f" },
    ],
  ]),
  [
    { kind: "Absent", name: "x" },
    ...standIns.map((namespace) => ({ kind: "Absent", namespace, name: "x" })),
  ],
];
