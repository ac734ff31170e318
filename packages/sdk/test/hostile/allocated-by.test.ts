/** What is collected before anybody looks is counted too. */

import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect, test } from "vitest";

const run = promisify(execFile);
const allocatedBy = new URL("cost/allocated-by.ts", import.meta.url).href;

// 2,000 arrays of 1,000 numbers, which are 8 bytes each.
const allocating = `
  import { allocatedBy } from ${JSON.stringify(allocatedBy)};
  let kept = [];
  console.log(allocatedBy(() => {
    for (let i = 0; i < 2_000; i++) {
      const made = new Array(1_000).fill(i + 0.5);
      if (i % keepOneOf === 0) kept.push(made);
    }
  }));`;

test.each([
  ["is kept", 1],
  ["is garbage for the most part", 10],
  ["is garbage", Infinity],
])("all is counted where it %s", async (_name, keepOneOf) => {
  // A young generation of 3 MB, which is full again and again.
  const flags = ["--expose-gc", "--max-semi-space-size=1", "--input-type=module"];
  const source = allocating.replace("keepOneOf", String(keepOneOf));
  const { stdout } = await run(process.execPath, [...flags, "--eval", source]);
  expect(Number(stdout) / 16_000_000).toBeGreaterThan(0.97);
  expect(Number(stdout) / 16_000_000).toBeLessThan(1.1);
});
