/** How much a task allocates: what the heap has grown by, and what was collected meanwhile. */

import { GCProfiler } from "node:v8";

/**
 * In bytes, whether collected since or not; of the memory of array buffers what is left at the end.
 * Needs `--expose-gc`.
 */
export function allocatedBy(task: () => void): number {
  if (globalThis.gc === undefined) throw new Error("allocatedBy needs --expose-gc");
  // What was left before would otherwise be collected within this task's count, or half so.
  globalThis.gc();
  const collections = new GCProfiler();
  collections.start();
  const before = process.memoryUsage();
  task();
  const after = process.memoryUsage();
  const profile = collections.stop();
  if (profile === undefined) throw new Error("collections were not counted");
  const collected = profile.statistics.reduce(
    (sum, { beforeGC, afterGC }) =>
      sum + beforeGC.heapStatistics.usedHeapSize - afterGC.heapStatistics.usedHeapSize,
    0,
  );
  const outside = Math.max(0, after.arrayBuffers - before.arrayBuffers);
  return after.heapUsed - before.heapUsed + collected + outside;
}
