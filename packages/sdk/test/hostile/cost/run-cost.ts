/** Measures the cost families in a process of their own, where nothing else runs. */

import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { Reader } from "./cost-families.ts";
import { type CostVerdict, judgeCost } from "./judge-cost.ts";
import type { FamilyCost } from "./measure.ts";

const run = promisify(execFile);
const measure = fileURLToPath(new URL("measure.ts", import.meta.url));

/** What to measure. */
export interface CostOptions {
  /** In bytes, each twice the one before or more. */
  readonly sizes: readonly number[];
  /** Those families alone that this reader reads. Default: all. */
  readonly reader?: Reader;
  /** Ends the process that measures. */
  readonly signal?: AbortSignal;
}

/** A verdict on each family. */
export async function runCost({ sizes, reader, signal }: CostOptions): Promise<CostVerdict[]> {
  // A compiler leaves the counts of functions out that it inlines, and allocates what it compiles,
  // when it gets round to that.
  const compiling = ["--no-opt", "--no-maglev", "--no-sparkplug", "--no-lazy-feedback-allocation"];
  // In MB: a young generation that holds what all but the costliest readers of YAML allocate, since
  // what a collection leaves behind is counted less exactly. It is memory only where it is used.
  const collecting = ["--expose-gc", "--min-semi-space-size=256", "--max-semi-space-size=256"];
  const asked = [reader ?? "all", ...sizes.map(String)];
  const args = [...compiling, ...collecting, "--conditions=@engenho/source", measure, ...asked];
  const { stdout } = await run(process.execPath, args, {
    maxBuffer: 1 << 26,
    killSignal: "SIGKILL",
    ...(signal === undefined ? {} : { signal }),
  });
  const lines = stdout.trim().split("\n");
  return lines.map((line) => judgeCost(JSON.parse(line) as FamilyCost));
}
