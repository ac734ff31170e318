/** Random properties come to an end: what has failed is told as small as it got by then. */

import fc from "fast-check";
import { expect, test } from "vitest";
import { assertProperty } from "../src/harness/assert-property.ts";

const settings = { seed: 1, numRuns: 20 };

test("a failure is shrunk, with a bound on what is tried", async () => {
  let runs = 0;
  const text = fc.string({ minLength: 500, maxLength: 2_000, size: "max" });
  const isShort = async (value: string): Promise<void> => {
    runs++;
    expect(value.length).toBeLessThan(500);
  };
  await expect(assertProperty<[string]>([text], isShort, settings)).rejects.toThrow(
    /Property failed after 1 tests/,
  );
  expect(runs).toBeGreaterThan(1);
  expect(runs).toBeLessThanOrEqual(151);
});

test("what holds is tried as often as it is said", async () => {
  let runs = 0;
  await assertProperty<[number]>([fc.nat()], async () => void runs++, settings);
  expect(runs).toBe(20);
});
