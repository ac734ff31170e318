/** Directories on a real disk: the system's own for temporary files may lie in memory. */

import { mkdirSync, mkdtempSync } from "node:fs";
import { join, resolve } from "node:path";

/** An empty directory, the caller's to remove. */
export function makeDirectory(): string {
  const parent = resolve("reports");
  mkdirSync(parent, { recursive: true });
  return mkdtempSync(join(parent, "bench-fs-"));
}
