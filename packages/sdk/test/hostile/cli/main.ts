/**
 * `npm run fuzz`: runs hostile inputs over every core, measures what they cost, and prints a table.
 *
 *     npm run fuzz -- --inputs 1000000 --seed 42
 *     npm run fuzz -- --family envelope --seed 42 --from 1234 --inputs 1
 */

import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";
import { runCost } from "../cost/run-cost.ts";
import { families } from "../families/index.ts";
import { fullInputs, inputsOf } from "../sizes.ts";
import { costTable, fuzzTable, summary } from "./report.ts";
import { runSlices, type Slice } from "./run-slices.ts";

const { values } = parseArgs({
  options: {
    inputs: { type: "string", default: String(fullInputs) },
    seed: { type: "string", default: String(Math.floor(Math.random() * 2 ** 31)) },
    family: { type: "string" },
    from: { type: "string", default: "0" },
  },
});
const [inputs, seed, from] = [values.inputs, values.seed, values.from].map(Number) as [
  number,
  number,
  number,
];
const chosen = families.filter(({ name }) => (values.family ?? name) === name);
if (chosen.length === 0 || ![inputs, seed, from].every(Number.isSafeInteger)) {
  console.error(`Families: ${families.map(({ name }) => name).join(", ")}. Numbers are integers.`);
  process.exit(1);
}

console.log(`seed ${seed}`);
/** Small enough to keep every core busy to the end. */
const sliceLength = 5_000;
const slices: Slice[] = chosen.flatMap((family) => {
  const share = inputsOf(family, chosen, inputs);
  return Array.from({ length: Math.ceil(share / sliceLength) }, (_, at) => ({
    family: family.name,
    seed,
    from: from + at * sliceLength,
    inputs: Math.min(sliceLength, share - at * sliceLength),
  }));
});

const tallies = await runSlices(slices, availableParallelism(), (done, all) => {
  console.log(`${done} of ${all} inputs`);
});
console.log(`\n${fuzzTable(chosen, tallies)}`);
// A single input is run to look at it.
const costs =
  values.family === undefined ? await runCost({ sizes: [4_096, 8_192, 16_384, 32_768] }) : [];
if (costs.length > 0) console.log(`\n${costTable(costs)}`);
const { text, isClean } = summary(tallies, costs);
console.log(`\n${text}`);
process.exitCode = isClean ? 0 : 1;
