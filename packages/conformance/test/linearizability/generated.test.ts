/** The checker on thousands of histories: legal ones, planted violations, small ones beside an oracle, large ones. */

import { describe, expect, test } from "vitest";
import { checkLinearizability } from "../../src/harness/linearizability/check-linearizability.ts";
import type { Operation } from "../../src/harness/linearizability/operation.ts";
import { absent, anything } from "../../src/harness/linearizability/resource-model.ts";
import { searchOrder } from "../../src/harness/linearizability/search.ts";
import { shortestIllegal } from "../../src/harness/linearizability/shortest-illegal.ts";
import { hasOrder } from "../support/linearizability/brute-force.ts";
import { plants } from "../support/linearizability/plant.ts";
import { Random } from "../support/linearizability/random.ts";
import { simulate, type Simulation } from "../support/linearizability/simulate.ts";

const seeds = (count: number): readonly number[] => Array.from({ length: count }, (_, i) => i);

function legal(seed: number, options: Partial<Simulation> = {}): readonly Operation[] {
  const random = new Random(seed);
  const clients = 2 + random.below(5);
  return simulate(random, { clients, calls: 12, resources: 2, unknown: 5, ...options });
}

test("no legal history is found illegal or left undecided, on 1,000 seeds", () => {
  for (const seed of seeds(1_000))
    expect(checkLinearizability(legal(seed)).verdict, `seed ${seed}`).toBe("ok");
});

describe.each(Object.entries(plants))("%s", (_, plant) => {
  test("is found in 100 of 100 histories", () => {
    let planted = 0;
    for (let seed = 0; planted < 100; seed++) {
      const deletes = plant === plants["two creates that win"] ? 0 : 10;
      const sound = legal(seed, { uniqueBodies: true, deletes });
      const history = plant(sound, new Random(seed));
      if (history === undefined) continue;
      planted++;
      const verdict = checkLinearizability(history);
      expect(verdict.verdict, `seed ${seed}`).toBe("illegal");
    }
  });

  test("is one by the oracle too, in small histories", () => {
    let planted = 0;
    for (let seed = 0; planted < 30; seed++) {
      const options = { clients: 2, calls: 3, resources: 1, uniqueBodies: true, deletes: 0 };
      const history = plant(legal(seed, options), new Random(seed));
      if (history === undefined) continue;
      planted++;
      expect(hasOrder(history), `seed ${seed}`).toBe(false);
      expect(checkLinearizability(history).verdict, `seed ${seed}`).toBe("illegal");
    }
  });
});

/** A small history with an unknown fate: one that happened, with a few results exchanged or moved. */
function uncertain(seed: number): readonly Operation[] {
  const random = new Random(seed);
  const shape = { clients: 2 + random.below(2), calls: 2, resources: 1, unknown: 20, deletes: 25 };
  const history = [...simulate(random, shape)];
  for (let i = random.below(4); i > 0; i--) {
    const [at, other] = [random.below(history.length), random.below(history.length)];
    const [one, two] = [history.at(at) as Operation, history.at(other) as Operation];
    const sort = random.below(4);
    if (sort === 0) history[at] = { ...one, result: two.result };
    else if (sort === 1 && one.return !== Infinity)
      history[at] = { ...one, call: two.call, return: Math.max(two.call, one.return) };
    else if (sort === 2) history[at] = { ...one, result: { type: "conflict" } };
    else if (one.result.type === "found") {
      const { revision: _, ...shown } = one.result;
      history[at] = { ...one, result: shown };
    } else if (one.return === Infinity)
      // It may have happened, but not any more after this moment.
      history[at] = { ...one, return: one.call + random.below(6) };
  }
  return history;
}

test("the verdict is the oracle's, on 6,000 small histories", () => {
  const counts = { ok: 0, illegal: 0, unknown: 0 };
  for (const seed of seeds(6_000)) {
    const history = uncertain(seed);
    const { verdict } = checkLinearizability(history);
    counts[verdict]++;
    expect(verdict, `seed ${seed}`).toBe(hasOrder(history) ? "ok" : "illegal");
    const options = { initial: anything, maxSteps: 10_000 };
    // Not the other way round: a conflict says something about what was there, which is not kept.
    const isFalseAlarm =
      searchOrder(history, options).verdict === "illegal" && hasOrder(history, true);
    expect(isFalseAlarm, `seed ${seed}, whatever was there`).toBe(false);
  }
  // Both sides of the line are worth nothing without the other.
  expect(Math.min(counts.ok, counts.illegal)).toBeGreaterThan(1_000);
});

test("what is shown of an illegal history is illegal by itself, and needs each of its parts", () => {
  let judged = 0;
  for (const seed of seeds(3_000)) {
    const history = uncertain(seed);
    if (searchOrder(history, { initial: absent, maxSteps: 100_000 }).verdict !== "illegal")
      continue;
    judged++;
    const { operations, startsEmpty } = shortestIllegal(history, 100_000);
    expect(hasOrder(operations, !startsEmpty), `seed ${seed}`).toBe(false);
    expect(shortestIllegal(history.toReversed(), 100_000).operations).toEqual(operations);
  }
  expect(judged).toBeGreaterThan(500);
});

describe("16 clients with 1,000 operations each over 20 resources", () => {
  const size = { clients: 16, calls: 1_000, resources: 20 };

  test.each([
    { unknown: 0, uniqueBodies: true },
    { unknown: 0, uniqueBodies: false },
    { unknown: 1, uniqueBodies: true },
  ])(
    "are decided in few steps, $unknown in a hundred writes unknown, unique bodies: $uniqueBodies",
    (how) => {
      const history = simulate(new Random(7), { ...size, ...how });
      expect(history).toHaveLength(16_000);
      const { verdict, steps } = checkLinearizability(history);
      expect(verdict).toBe("ok");
      expect(steps).toBeLessThan(10 * history.length);
    },
  );

  test("are found illegal where a violation is planted, and little of them is shown", () => {
    const sound = simulate(new Random(8), { ...size, unknown: 0, uniqueBodies: true });
    for (const [name, plant] of Object.entries(plants)) {
      const history = plant(sound, new Random(8));
      if (history === undefined) continue;
      const verdict = checkLinearizability(history);
      if (verdict.verdict !== "illegal") throw new Error(`${name}: ${verdict.verdict}`);
      expect(verdict.operations.length, verdict.lines.join("\n")).toBeLessThan(8);
    }
  });
});

test("a write that takes as long as 100,000 reads costs little more than one that is quick", () => {
  const created = { type: "created", revision: "r1" } as const;
  const write = { client: 0, resource: "a", input: { verb: "apply", body: "1" } } as const;
  const reads = Array.from({ length: 100_000 }, (_, i): Operation => ({
    client: 1,
    resource: "a",
    input: { verb: "get" },
    result: i < 60_000 ? { type: "not_found" } : { type: "found", body: "1", revision: "r1" },
    call: 2 * i + 2,
    return: 2 * i + 3,
  }));
  const history = [{ ...write, result: created, call: 1, return: 200_002 }, ...reads];
  const { verdict, steps } = checkLinearizability(history);
  expect(verdict).toBe("ok");
  expect(steps).toBeLessThan(3 * history.length);
});

test("what cannot be decided within the steps is unknown, the same every time", () => {
  const history = legal(3);
  const { steps } = checkLinearizability(history);
  expect(checkLinearizability(history, { maxSteps: steps })).toEqual({ verdict: "ok", steps });
  expect(checkLinearizability(history, { maxSteps: steps - 1 })).toMatchObject({
    verdict: "unknown",
    steps: steps - 1,
  });
});
