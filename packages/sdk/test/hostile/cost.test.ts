/** What a hostile input costs grows as its size does: counted in steps and bytes, not in seconds. */

import { expect, test } from "vitest";
import { costFamilies } from "./cost/cost-families.ts";
import { type CostVerdict, slack } from "./cost/judge-cost.ts";
import { runCost } from "./cost/run-cost.ts";
import { isFull } from "./sizes.ts";

const sizes = isFull ? [4_096, 8_192, 16_384, 65_536] : [3_000, 6_000];

const readers = [...new Set(costFamilies.map(({ reader }) => reader))];

// The limit is for what hangs: nothing here depends on how quick it is.
test.for(readers)("no family is slow: %s", { timeout: 1_800_000 }, async (reader, { signal }) => {
  const verdicts = await runCost({ sizes, reader, signal });
  const families = costFamilies.filter((family) => family.reader === reader);
  expect(verdicts.map(({ family }) => family)).toEqual(families.map(({ name }) => name));
  expect(verdicts.filter(({ isSlow }) => isSlow)).toEqual([]);
});

test("an input costs the same twice", { timeout: 1_800_000 }, async ({ signal }) => {
  const size = 65_536;
  const measure = async () => runCost({ sizes: [size], reader: "hcl", signal });
  const [first, again] = [await measure(), await measure()];
  const steps = ({ family, stepsPerByte }: CostVerdict) => [family, stepsPerByte];
  expect(again.map(steps)).toEqual(first.map(steps));
  const differences = first.map(({ bytesPerByte }, at) =>
    Math.abs(bytesPerByte - (again[at]?.bytesPerByte ?? 0)),
  );
  expect(size * Math.max(...differences)).toBeLessThan(slack.bytes);
});
