/**
 * Measures what readers take for growing inputs: the blocks of code that run, ours and the YAML
 * library's, and the bytes that are allocated. Counted, not timed or sampled, and so much the same
 * on every machine. Prints one line of JSON for each family; a process of its own, because it counts
 * everything in it.
 */

import { type Profiler, Session } from "node:inspector/promises";
import { allocatedBy } from "./allocated-by.ts";
import type { CostFamily, Reader } from "./cost-families.ts";

/** What one input took. */
export interface Cost {
  /** Of the input. */
  readonly size: number;
  readonly steps: number;
  /** Allocated on the way, whether collected since or not. */
  readonly bytes: number;
}

/** What a family took, by growing size. */
export interface FamilyCost {
  readonly family: string;
  readonly costs: readonly Cost[];
}

/** From the command line: a reader or `all`, and sizes in bytes. */
const [wanted = "all", ...sizeArguments] = process.argv.slice(2);
const sizes = sizeArguments.map(Number);

// Before the modules are loaded: what was compiled earlier has no counters in its blocks.
const session = new Session();
session.connect();
await session.post("Profiler.enable");
await session.post("Profiler.startPreciseCoverage", { callCount: true, detailed: true });

const { costFamilies } = await import("./cost-families.ts");
const { readers } = await import("./readers.ts");

for (const family of costFamilies) {
  if (wanted !== "all" && family.reader !== wanted) continue;
  const costs: Cost[] = [];
  readers[family.reader](family.make(1_024));
  for (const size of sizes) costs.push(await measure(family, size));
  console.log(JSON.stringify({ family: family.name, costs } satisfies FamilyCost));
}
session.disconnect();

async function measure({ make, reader }: CostFamily, size: number): Promise<Cost> {
  const input = make(size);
  return {
    size: input.length,
    steps: await stepsOf(reader, input),
    bytes: allocatedBy(() => readers[reader](input)),
  };
}

async function stepsOf(reader: Reader, input: Uint8Array): Promise<number> {
  await session.post("Profiler.takePreciseCoverage");
  readers[reader](input);
  const { result } = await session.post("Profiler.takePreciseCoverage");
  return result
    .filter(isCounted)
    .flatMap(blockCounts)
    .reduce((sum, count) => sum + count, 0);
}

/** Our sources, and those of the library that parses YAML. */
function isCounted({ url }: Profiler.ScriptCoverage): boolean {
  return url.includes("/packages/sdk/src/") || url.includes("/node_modules/yaml/");
}

function blockCounts({ functions }: Profiler.ScriptCoverage): number[] {
  return functions.flatMap(({ ranges }) => ranges.map(({ count }) => count));
}
