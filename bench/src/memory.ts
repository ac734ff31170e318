/** Measures what a run leaves in memory, in a process that does nothing else. */

import { execFile } from "node:child_process";
import { promisify } from "node:util";
import type { Size } from "./bench-case.ts";

/** Which contestant of which case a process is for. */
export interface MemoryTask {
  readonly suite: string;
  readonly case: string;
  readonly contestant: string;
  readonly size: Size;
}

/** How much more there is after the run and a garbage collection than before it, in bytes. */
export interface MemorySample {
  /** Of the process, as the system sees it. */
  readonly figure: number;
  /** Of V8: its heap and the array buffers, which lie outside it. */
  readonly heap: number;
}

/** Runs one contestant in a process of its own. */
export async function measureMemory(task: MemoryTask): Promise<MemorySample> {
  const { stdout } = await promisify(execFile)(process.execPath, [
    "--expose-gc",
    "--conditions=@engenho/source",
    new URL("memory-child.ts", import.meta.url).pathname,
    JSON.stringify(task),
  ]);
  return JSON.parse(stdout) as MemorySample;
}
