/** Directories on a real disk: the system's own for temporary files may lie in memory. */

import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";

const made: string[] = [];

/**
 * An empty directory, which goes when the process ends: what is removed keeps a filesystem busy long after that (blocks to
 * discard, inodes that are passed over for minutes), and whoever is measured next would pay for it.
 */
export function makeDirectory(): string {
  const parent = resolve("reports");
  mkdirSync(parent, { recursive: true });
  if (made.length === 0) process.once("exit", removeAll);
  const directory = mkdtempSync(join(parent, "bench-fs-"));
  made.push(directory);
  return directory;
}

function removeAll(): void {
  for (const directory of made) rmSync(directory, { recursive: true, force: true });
}
