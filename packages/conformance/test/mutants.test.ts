/** Every mutant is killed by what it names, and every requirement is proven by a mutant. */

import { describe, expect, test } from "vitest";
import { judgeMutant, mutants, soundSubjects } from "../src/mutants/index.ts";
import { requirements } from "../src/requirements/index.ts";
import { judge } from "./support/fake-backend.ts";

const ids = new Set(requirements.map(({ id }) => id));

test("there are at least 60, each with an id of its own", () => {
  expect(mutants.length).toBeGreaterThanOrEqual(60);
  expect(new Set(mutants.map(({ id }) => id)).size).toBe(mutants.length);
  for (const { id } of mutants) expect(id).toMatch(/^[a-z0-9]+(?:-[a-z0-9]+)+$/);
});

test("they name requirements that there are, each once", () => {
  for (const { id, breaks, mayFail = [] } of mutants) {
    const named = [...breaks, ...mayFail];
    expect(new Set(named).size, id).toBe(named.length);
    for (const one of named) expect(ids, id).toContain(one);
  }
});

test("every requirement is named by one", () => {
  const named = new Set(mutants.flatMap(({ breaks }) => breaks));
  expect(requirements.filter(({ id }) => !named.has(id)).map(({ id }) => id)).toEqual([]);
});

describe("what mutants are made of passes all that applies to it", () => {
  test.each(soundSubjects)("$name", async (subject) => {
    const { requirements: judged } = await judge(requirements, subject);
    expect(judged.filter(({ status }) => status !== "passed")).toEqual([]);
  });
});

// What else they fail, and how much they pass, takes minutes: `npm run mutants`.
describe("a backend that", () => {
  test.each(mutants)("$title is found ($id)", async (mutant) => {
    const { faults, kills } = await judgeMutant(mutant, requirements, { extent: "named" });
    expect(faults).toEqual([]);
    expect(kills.map(({ id }) => id)).toEqual(mutant.breaks);
  });
});
