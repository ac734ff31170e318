/** Histories by hand: which have an order, and what is shown of those that have none. */

import { describe, expect, test } from "vitest";
import { checkLinearizability } from "../../src/harness/linearizability/check-linearizability.ts";
import type { Operation } from "../../src/harness/linearizability/operation.ts";
import { showBriefly } from "../../src/harness/linearizability/show-history.ts";
import { hasOrder } from "../support/linearizability/brute-force.ts";
import {
  illegalHistories as bad,
  legalHistories as good,
} from "../support/linearizability/hand-made.ts";
import {
  apply,
  conflict,
  created,
  did,
  found,
  get,
  notFound,
} from "../support/linearizability/history.ts";

/** Rows that begin with a name, as vitest shows them. */
function named(rows: readonly (readonly [string, ...Operation[]])[]) {
  return rows.map(([name, ...history]) => ({ name, history }));
}

describe("has an order", () => {
  test.each(named(good))("$name", ({ history }) => {
    expect(checkLinearizability(history)).toMatchObject({ verdict: "ok" });
    expect(hasOrder(history)).toBe(true);
  });
});

describe("has none", () => {
  test.each(named(bad))("$name", ({ history }) => {
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
