/** The histories that are to prove the checker are worth something: no checker with a bug gets through them. */

import { describe, expect, test } from "vitest";
import type { Operation } from "../../src/harness/linearizability/operation.ts";
import {
  type Checker,
  checkerMutants,
  soundChecker,
} from "../support/linearizability/checker-mutants.ts";
import { illegalHistories, legalHistories } from "../support/linearizability/hand-made.ts";

/** Each history by itself, and beside another resource with a legal one. */
const legal = withAnother(legalHistories.map(([, ...history]) => history));
const illegal = withAnother(illegalHistories.map(([, ...history]) => history));

function withAnother(
  histories: readonly (readonly Operation[])[],
): readonly (readonly Operation[])[] {
  const another = (legalHistories[1]?.slice(1) ?? []) as Operation[];
  const besides = another.map((each) => ({ ...each, resource: "another" }));
  return [...histories, ...histories.map((history) => [...besides, ...history])];
}

const wrong = (check: Checker): { readonly legal: number; readonly illegal: number } => ({
  legal: legal.filter((history) => check(history) !== "ok").length,
  illegal: illegal.filter((history) => check(history) !== "illegal").length,
});

test("the sound checker is right about all of them", () => {
  expect(wrong(soundChecker)).toEqual({ legal: 0, illegal: 0 });
});

describe("a checker that", () => {
  test.each(checkerMutants)("$title is found", ({ check, isWrongAbout }) => {
    expect(wrong(check)[isWrongAbout]).toBeGreaterThan(0);
  });
});
