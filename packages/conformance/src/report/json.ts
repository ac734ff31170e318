/** Writes a report as `conformance.json`. */

import { existsSync } from "node:fs";
import { mkdir, rename, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import type { Report } from "./report.ts";

/**
 * Makes a directory with what it lies in. Not by `mkdir`'s own recursion, which never ends where a
 * file system says that a parent is missing and that it is there (`/proc`).
 */
export async function makeReportDirectory(directory: string): Promise<void> {
  const parent = dirname(resolve(directory));
  if (!existsSync(parent)) await makeReportDirectory(parent);
  if (!existsSync(directory)) await mkdir(directory).catch(unlessThere);
  if (!(await stat(directory)).isDirectory()) throw new Error(`${directory} is not a directory`);
}

/** Another run may have made it meanwhile. */
function unlessThere(error: NodeJS.ErrnoException): void {
  if (error.code !== "EEXIST") throw error;
}

/**
 * Writes `conformance.json` into the directory, which is made if need be, and resolves to its path.
 * A reader finds the old report or the new one, never a part.
 */
export async function writeJsonReport(report: Report, directory: string): Promise<string> {
  await makeReportDirectory(directory);
  const path = join(directory, "conformance.json");
  const draft = `${path}.${process.pid}.tmp`;
  try {
    await writeFile(draft, `${JSON.stringify(report, null, 2)}\n`);
    await rename(draft, path);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
  return path;
}
