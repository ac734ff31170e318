/** The process of one memory measurement: prints the sample as JSON. */

import type { Trial } from "./bench-case.ts";
import { loadSuite } from "./load-suites.ts";
import type { MemorySample, MemoryTask } from "./memory.ts";

const task = JSON.parse(process.argv[2] ?? "") as MemoryTask;
const { cases } = await loadSuite(task.suite);
const benchCase = cases.find(({ name }) => name === task.case);
const contestant = [benchCase?.subject, benchCase?.floor, ...(benchCase?.peers ?? [])].find(
  (one) => one?.name === task.contestant,
);
if (benchCase === undefined || contestant === undefined) throw new Error("no such contestant");

const opened = await contestant.open(benchCase.operations[task.size], task.size);
console.log(JSON.stringify(await measure(opened)));
await opened.close?.();

async function measure(trial: Trial): Promise<MemorySample> {
  if (trial.bytes !== undefined) return { figure: trial.bytes, heap: trial.bytes };
  const before = await settledMemory();
  await trial.run();
  const after = await settledMemory();
  return {
    figure: after.rss - before.rss,
    heap: after.heapUsed + after.arrayBuffers - before.heapUsed - before.arrayBuffers,
  };
}

/**
 * After what is garbage has gone: buffers are freed by a thread of their own, some time after. The last
 * collection is the one that V8 does before it runs out of memory: it lets go of the young generation,
 * whose size (130 MB where there is much memory) says nothing of what is kept.
 */
async function settledMemory(): Promise<NodeJS.MemoryUsage> {
  if (globalThis.gc === undefined) throw new Error("start it with --expose-gc");
  for (let i = 0; i < 4; i++) {
    globalThis.gc();
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  globalThis.gc({ type: "major", execution: "sync", flavor: "last-resort" });
  return process.memoryUsage();
}
