/** Histories by hand: which have an order, and what is shown of those that have none. */

import { describe, expect, test } from "vitest";
import { checkLinearizability } from "../../src/harness/linearizability/check-linearizability.ts";
import type { Operation } from "../../src/harness/linearizability/operation.ts";
import { showBriefly } from "../../src/harness/linearizability/show-history.ts";
import { hasOrder } from "../support/linearizability/brute-force.ts";
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
} from "../support/linearizability/history.ts";

type Histories = readonly (readonly [what: string, ...Operation[]])[];

const good: Histories = [
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

const bad: Histories = [
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

describe("has an order", () => {
  test.each(good)("%s", (_, ...history) => {
    expect(checkLinearizability(history)).toMatchObject({ verdict: "ok" });
    expect(hasOrder(history)).toBe(true);
  });
});

describe("has none", () => {
  test.each(bad)("%s", (_, ...history) => {
    expect(checkLinearizability(history)).toMatchObject({ verdict: "illegal" });
    expect(hasOrder(history)).toBe(false);
  });
});

/** Many operations that have nothing to do with it, before, between and after. */
function amongOthers(history: readonly Operation[]): readonly Operation[] {
  const noise = Array.from({ length: 12 }, (_, i) => [
    did(7, 0.1 + i, 0.2 + i, get, i < 1 ? notFound : found("1", "r1")),
    { ...did(8, 0.3 + i, 0.4 + i, apply(`${i}`), created(`b${i}`)), resource: `b${i}` },
  ]).flat();
  return [...noise.filter((each) => each.call < 3 || each.resource !== "a"), ...history];
}

test("an illegal history is shown with what contradicts, and the writes of what that shows", () => {
  const stale = bad[0]?.slice(1) as Operation[];
  const verdict = checkLinearizability(amongOthers(stale));
  expect(verdict).toMatchObject({
    verdict: "illegal",
    resource: "a",
    omitted: 3,
    lines: [
      "a: no order of these calls explains what came back (3 more are not needed for that)",
      'client 0  ├─┤          apply "1"  → created r1',
      'client 0      ├─┤      apply "2"  → replaced r2',
      'client 1          ├─┤  get        → found "1" r1',
    ],
  });
});

test("bars show what went on at the same time, and which outcome is unknown", () => {
  const history = bad
    .find(([what]) => what === "an unknown write that has two revisions")
    ?.slice(1);
  const verdict = checkLinearizability([
    ...(history as Operation[]),
    did(2, 2, 7, apply("2", "absent"), conflict),
  ]);
  expect(verdict).toMatchObject({
    lines: [
      "a: no order of these calls explains what came back (1 more are not needed for that)",
      'client 0  ├─────────┄  apply "1"  → unknown',
      'client 1    ├─┤        get        → found "1" r1',
      'client 1        ├─┤    get        → found "1" r2',
    ],
  });
});

test("what only shows on an empty store says so", () => {
  const verdict = checkLinearizability([did(0, 1, 2, get, found("1", "r1"))]);
  expect(verdict).toMatchObject({
    lines: [
      "a, which was not there in the beginning: no order of these calls explains what came back",
      'client 0  ├─┤  get  → found "1" r1',
    ],
  });
});

test("long bodies and revisions are cut, and a history can be told on one line", () => {
  const history = [did(3, 1, 2, apply("x".repeat(50)), created("r".repeat(50)))];
  expect(showBriefly(history)).toBe(
    `client 3 apply "${"x".repeat(30)}… → created ${"r".repeat(31)}…`,
  );
});

test("resources are judged one by one, and the shortest illegal history is shown", () => {
  const [stale, lost] = [bad[0], bad[1]].map((each) => each?.slice(1) as Operation[]);
  const history = [
    ...(stale ?? []),
    ...(lost ?? []).map((each) => ({ ...each, resource: "b" })),
    { ...did(0, 1, 2, get, found("1", "r1")), resource: "c" },
  ];
  expect(checkLinearizability(history)).toMatchObject({ verdict: "illegal", resource: "c" });
});

test("a call that returns before it begins is no history", () => {
  expect(() => checkLinearizability([did(0, 2, 1, get, notFound)])).toThrow(TypeError);
  expect(() => checkLinearizability([did(0, Number.NaN, 1, get, notFound)])).toThrow(TypeError);
});
