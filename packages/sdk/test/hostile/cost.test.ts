/** What a hostile input costs grows as its size does: counted in steps and bytes, not in seconds. */

import { expect, test } from "vitest";
import { costFamilies } from "./cost/cost-families.ts";
import { runCost } from "./cost/run-cost.ts";
import { isFull } from "./sizes.ts";

const sizes = isFull ? [4_096, 8_192, 16_384, 32_768, 65_536] : [3_000, 6_000];

test("no family is slow", { timeout: 600_000 }, async () => {
  const verdicts = await runCost(sizes);
  expect(verdicts.map(({ family }) => family)).toEqual(costFamilies.map(({ name }) => name));
  expect(verdicts.filter(({ isSlow }) => isSlow)).toEqual([]);
});
