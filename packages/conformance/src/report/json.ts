/** Writes a report as `conformance.json`. */

import { mkdir, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Report } from "./report.ts";

/**
 * Writes `conformance.json` into the directory, which is made if need be, and resolves to its path.
 * A reader finds the old report or the new one, never a part.
 */
export async function writeJsonReport(report: Report, directory: string): Promise<string> {
  await mkdir(directory, { recursive: true });
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
