/** Guidance: every requirement says why it is there; nothing is said of what is none. */

import { expect, test } from "vitest";
import { guidance } from "../src/requirements/guidance/index.ts";
import { requirements } from "../src/requirements/index.ts";

/** One sentence or more, ended; not a repetition of the requirement's own. */
const sentence = /^[A-Z`].*\.$/s;

test("has a reason for each, to be written in src/requirements/guidance", () => {
  const without = requirements.filter(
    ({ id, title }) => !sentence.test(guidance[id]?.why ?? "") || guidance[id]?.why === title,
  );
  expect(without.map(({ id }) => id)).toEqual([]);
});

test("has hints that say something, where it has them", () => {
  const ill = Object.entries(guidance).filter(([, { fix }]) => !sentence.test(fix ?? "None."));
  expect(ill.map(([id]) => id)).toEqual([]);
});

test("there is no guidance on what is no requirement", () => {
  const ids = new Set(requirements.map(({ id }) => id));
  expect(Object.keys(guidance).filter((id) => !ids.has(id))).toEqual([]);
});

test("no two requirements have the same reason", () => {
  const reasons = Object.values(guidance).map(({ why }) => why);
  expect(new Set(reasons).size).toBe(reasons.length);
});
