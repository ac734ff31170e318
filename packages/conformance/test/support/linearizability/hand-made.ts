/** Histories by hand: those that have an order, and those that have none. */

import type { Operation } from "../../../src/harness/linearizability/operation.ts";
import {
  apply,
  conflict,
  created,
  deleted,
  did,
  found,
  get,
  notFound,
  refused,
  remove,
  removeOver,
  replaced,
  unchanged,
  unknown,
} from "./history.ts";

/** What each is about, and its operations. */
type Histories = readonly (readonly [what: string, ...Operation[]])[];

/** Histories that an order explains. */
export const legalHistories: Histories = [
  ["nothing at all"],
  [
    "one client, every answer",
    did(0, 1, 2, get, notFound),
    did(0, 3, 4, remove, notFound),
    did(0, 5, 6, apply("1", "r9"), conflict),
    did(0, 7, 8, apply("1"), created("r1")),
    did(0, 9, 10, apply("1"), unchanged("r1")),
    did(0, 11, 12, apply("2", "absent"), conflict),
    did(0, 13, 14, apply("2", "r1"), replaced("r2")),
    did(0, 15, 16, removeOver("r1"), conflict),
    did(0, 17, 18, get, found("2", "r2")),
    did(0, 19, 20, removeOver("r2"), deleted),
    did(0, 21, 22, removeOver("r2"), notFound),
    did(0, 23, 24, apply("2"), created("r3")),
  ],
  [
    "a read beside a write sees the old or the new",
    did(0, 1, 2, apply("1"), created("r1")),
    did(0, 3, 8, apply("2"), replaced("r2")),
    did(1, 4, 5, get, found("1", "r1")),
    did(1, 6, 7, get, found("2", "r2")),
  ],
  [
    "a read that began before the write it sees",
    did(0, 1, 4, get, found("1", "r1")),
    did(1, 2, 3, apply("1"), created("r1")),
  ],
  [
    "writes at once, read in either order of their answers",
    did(0, 1, 6, apply("1"), replaced("r1")),
    did(1, 2, 5, apply("2"), created("r2")),
    did(2, 7, 8, get, found("1", "r1")),
  ],
  [
    "an unknown write that appears late",
    did(0, 1, 2, apply("1"), created("r1")),
    did(0, 3, Infinity, apply("2"), unknown),
    did(0, 5, 6, get, found("1", "r1")),
    did(1, 7, 8, get, found("2", "r2")),
    did(1, 9, 10, apply("3", "r2"), replaced("r3")),
  ],
  [
    "an unknown write that never appears",
    did(0, 1, 2, apply("1"), created("r1")),
    did(0, 3, Infinity, apply("2"), unknown),
    did(0, 5, 6, get, found("1", "r1")),
  ],
  [
    "an unknown delete that appears late",
    did(0, 1, 2, apply("1"), created("r1")),
    did(0, 3, Infinity, remove, unknown),
    did(1, 5, 6, apply("1"), unchanged("r1")),
    did(1, 7, 8, apply("1"), created("r2")),
  ],
  [
    "an unknown write that only a conflict tells of",
    did(0, 1, 2, apply("1"), created("r1")),
    did(0, 3, Infinity, apply("2"), unknown),
    did(1, 5, 6, apply("3", "r1"), conflict),
  ],
  [
    "a conflict with a revision that an unknown write has got since",
    did(0, 1, 2, apply("1"), created("r1")),
    did(0, 3, 4, apply("3", "r2"), conflict),
    did(0, 5, Infinity, apply("2"), unknown),
    did(1, 7, 8, get, found("2", "r2")),
  ],
  [
    "a read that shows no revision",
    did(0, 1, 2, apply("1"), created("r1")),
    did(0, 3, Infinity, apply("2"), unknown),
    did(1, 5, 6, get, found("2")),
    did(1, 7, 8, get, found("2", "r2")),
  ],
  ["a refused write", did(0, 1, 2, apply("1"), refused), did(0, 3, 4, get, notFound)],
  ["a read that failed", did(0, 1, Infinity, get, unknown), did(0, 3, 4, get, notFound)],
];

/** Histories that no order explains. */
export const illegalHistories: Histories = [
  [
    "a stale read",
    did(0, 1, 2, apply("1"), created("r1")),
    did(0, 3, 4, apply("2"), replaced("r2")),
    did(1, 5, 6, get, found("1", "r1")),
  ],
  [
    "a lost update",
    did(0, 1, 2, apply("1"), created("r1")),
    did(0, 3, 6, apply("2", "r1"), replaced("r2")),
    did(1, 4, 5, apply("3", "r1"), replaced("r3")),
  ],
  [
    "a value that nobody wrote",
    did(0, 1, 2, apply("1"), created("r1")),
    did(1, 3, 4, get, found("2", "r2")),
  ],
  [
    "a body under another's revision",
    did(0, 1, 2, apply("1"), created("r1")),
    did(0, 3, 4, apply("2"), replaced("r2")),
    did(1, 5, 6, get, found("1", "r2")),
  ],
  [
    "a delete that is undone",
    did(0, 1, 2, apply("1"), created("r1")),
    did(0, 3, 4, remove, deleted),
    did(1, 5, 6, get, found("1", "r1")),
  ],
  [
    "two deletes that both found it",
    did(0, 1, 2, apply("1"), created("r1")),
    did(0, 3, 5, remove, deleted),
    did(1, 4, 6, remove, deleted),
  ],
  [
    "two creates that both win",
    did(0, 1, 3, apply("1", "absent"), created("r1")),
    did(1, 2, 4, apply("2", "absent"), created("r2")),
  ],
  [
    "a revision that comes again",
    did(0, 1, 2, apply("1"), created("r1")),
    did(0, 3, 4, remove, deleted),
    did(0, 5, 6, apply("1"), created("r1")),
  ],
  [
    "two clients that read two writes in different orders",
    did(0, 1, 12, apply("1"), created("r1")),
    did(1, 2, 13, apply("2"), replaced("r2")),
    did(2, 3, 4, get, found("1", "r1")),
    did(3, 5, 6, get, found("2", "r2")),
    did(2, 7, 8, get, found("1", "r1")),
  ],
  [
    "new, then old again, while the write is under way",
    did(0, 1, 2, apply("1"), created("r1")),
    did(0, 3, 8, apply("2"), replaced("r2")),
    did(1, 4, 5, get, found("2", "r2")),
    did(2, 6, 7, get, found("1", "r1")),
  ],
  [
    "an identical apply that replaced",
    did(0, 1, 2, apply("1"), created("r1")),
    did(0, 3, 4, apply("1"), replaced("r2")),
  ],
  [
    "an unknown write that appears, goes and comes back",
    did(0, 1, 2, apply("1"), created("r1")),
    did(0, 3, Infinity, apply("2"), unknown),
    did(1, 5, 6, get, found("2", "r2")),
    did(1, 7, 8, apply("3"), replaced("r3")),
    did(1, 9, 10, get, found("2", "r2")),
  ],
  [
    "an unknown write that has two revisions",
    did(0, 1, Infinity, apply("1"), unknown),
    did(1, 3, 4, get, found("1", "r1")),
    did(1, 5, 6, get, found("1", "r2")),
  ],
  [
    "an unknown write that appears after its last moment",
    did(0, 1, 2, apply("1"), created("r1")),
    did(0, 3, 6, apply("2"), unknown),
    did(1, 7, 8, get, found("1", "r1")),
    did(1, 9, 10, get, found("2", "r2")),
  ],
  [
    "a write that was refused, and appears",
    did(0, 1, 2, apply("1"), refused),
    did(1, 3, 4, get, found("1", "r1")),
  ],
  [
    "a conflict with the revision that is there",
    did(0, 1, 2, apply("1"), created("r1")),
    did(0, 3, 4, apply("2", "r1"), conflict),
  ],
  ["an answer of another verb", did(0, 1, 2, get, created("r1"))],
];
