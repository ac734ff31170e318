/** The checker of watches on thousands of histories: true ones, and ones with a violation planted. */

import { describe, expect, test } from "vitest";
import { checkWatches } from "../../src/harness/watches/check-watches.ts";
import { Random } from "../support/linearizability/random.ts";
import { watchPlants } from "../support/watches/plant-watch.ts";
import { simulateWatches } from "../support/watches/simulate-watches.ts";

test("no true watch is found wrong, on 1,000 seeds", () => {
  for (let seed = 0; seed < 1_000; seed++) {
    const { history, watches } = simulateWatches(new Random(seed));
    expect(checkWatches(history, watches), `seed ${seed}`).toMatchObject({ verdict: "ok" });
  }
});

describe.each(Object.entries(watchPlants))("that %s", (_, { plant, rules }) => {
  test("is found in 200 of 200 cases", () => {
    let planted = 0;
    for (let seed = 0; planted < 200; seed++) {
      const wrong = plant(simulateWatches(new Random(seed)), new Random(seed));
      if (wrong === undefined) continue;
      planted++;
      const verdict = checkWatches(wrong.history, wrong.watches);
      const broken = verdict.verdict === "ok" ? [] : verdict.violations.map(({ rule }) => rule);
      expect(rules, `seed ${seed}: ${broken.join()}`).toEqual(
        expect.arrayContaining([broken.find((rule) => rules.includes(rule))]),
      );
    }
  });
});

test("what is missing is shown with what was told around it", () => {
  const write = { client: 1, resource: "a", input: { verb: "apply", body: "1" } } as const;
  const history = [1, 2, 3].map((i) => ({
    ...write,
    input: { ...write.input, body: `${i}` },
    result: { type: i === 1 ? "created" : "replaced", revision: `r${i}` } as const,
    call: 10 * i,
    return: 10 * i + 5,
  }));
  const events = [
    { type: "bookmark", at: 1 },
    { type: "added", resource: "a", body: "1", revision: "r1", at: 16 },
    { type: "modified", resource: "a", body: "3", revision: "r3", at: 36 },
  ] as const;
  const verdict = checkWatches(history, [{ name: "watch 1", events }]);
  expect(verdict).toMatchObject({
    verdict: "illegal",
    violations: [{ rule: "reliable", watch: "watch 1", resource: "a" }],
  });
  const lines = verdict.verdict === "illegal" ? (verdict.violations[0]?.lines ?? []) : [];
  expect(lines.join("\n").replaceAll(/ *[├─┤]+ */g, " ")).toBe(
    [
      "watch 1: a: an acknowledged change is missing",
      '  client 1 apply "1"  → created r1',
      '  client 1 apply "2"  → replaced r2',
      '  client 1 apply "3"  → replaced r3',
    ].join("\n"),
  );
});

test("resources may share a revision: each is told once, and what one of them lacks is found", () => {
  const shared = (resource: string) => ({ resource, body: resource, revision: "r1" });
  const history = ["a", "b"].map((resource, client) => ({
    ...{ client, resource, call: 2 + client, return: 4 + client },
    input: { verb: "apply", body: resource } as const,
    result: { type: "created", revision: "r1" } as const,
  }));
  const told = ["a", "b"].map(
    (resource) => ({ type: "added", at: 6, ...shared(resource) }) as const,
  );
  const begin = { type: "bookmark", at: 1 } as const;
  const final = ["a", "b"].map(shared);
  const all = { name: "all", events: [begin, ...told], final };
  expect(checkWatches(history, [all])).toMatchObject({ verdict: "ok" });
  const half = { name: "half", events: [begin, ...told.slice(0, 1)] };
  expect(checkWatches(history, [all, { ...half, final }])).toMatchObject({
    violations: [
      { rule: "reliable", resource: "b" },
      { rule: "reliable", resource: "b" },
    ],
  });
});

test("a watch that has lost half of 100,000 changes costs little more than one that has lost none", () => {
  const history = Array.from({ length: 100_000 }, (_, i) => ({
    ...{ client: 1, resource: "a", call: 3 * i + 1, return: 3 * i + 2 },
    input: { verb: "apply", body: `${i}` } as const,
    result: { type: i === 0 ? "created" : "replaced", revision: `r${i}` } as const,
  }));
  const told = history
    .filter((_, i) => i % 2 === 0)
    .map(({ resource, input: { body }, result: { revision }, return: end }, i) => {
      return { type: i === 0 ? "added" : "modified", resource, body, revision, at: end } as const;
    });
  const events = [{ type: "bookmark", at: 0 } as const, ...told];
  const verdict = checkWatches(history, [{ name: "half", events, final: [] }]);
  const violations = verdict.verdict === "illegal" ? verdict.violations : [];
  expect(violations).toHaveLength(50_001);
});
