/** Measures the cost families in a process of their own, where nothing else runs. */

import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { type CostVerdict, judgeCost } from "./judge-cost.ts";
import type { FamilyCost } from "./measure.ts";

const run = promisify(execFile);
const measure = fileURLToPath(new URL("measure.ts", import.meta.url));

/** @param sizes In bytes, each twice the one before. */
export async function runCost(sizes: readonly number[]): Promise<CostVerdict[]> {
  // A compiler leaves the counts of functions out that it inlines, when it gets round to that.
  const flags = ["--no-opt", "--no-maglev", "--no-lazy-feedback-allocation"];
  const args = [...flags, "--conditions=@engenho/source", measure, ...sizes.map(String)];
  const { stdout } = await run(process.execPath, args, { maxBuffer: 1 << 26 });
  const lines = stdout.trim().split("\n");
  return lines.map((line) => judgeCost(JSON.parse(line) as FamilyCost));
}
