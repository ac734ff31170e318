/** Writes a report into a directory, in every format that is wanted. */

import { existsSync } from "node:fs";
import { mkdir, rename, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { type ReportFormat, reportFormats, renderReport } from "./formats.ts";
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
 * Writes the report's files into the directory, which is made if need be, and resolves to their paths, what a
 * person would open first: the page, if it is among them. A reader finds an old file or a new one, never a part.
 *
 * @example
 * const [page] = await writeReports(await runSuite([subject], requirements), "reports");
 */
export async function writeReports(
  report: Report,
  directory: string,
  formats: readonly ReportFormat[] = reportFormats,
): Promise<readonly string[]> {
  await makeReportDirectory(directory);
  const paths: string[] = [];
  for (const format of reportFormats) {
    if (!formats.includes(format)) continue;
    for (const [name, text] of Object.entries(renderReport(report, format))) {
      const path = join(directory, name);
      await replaceFile(path, text);
      paths.push(path);
    }
  }
  return paths;
}

/** Writes a text in a file's place: a reader finds the old one or the new one. */
export async function replaceFile(path: string, text: string): Promise<void> {
  const draft = `${path}.${process.pid}.tmp`;
  try {
    await writeFile(draft, text);
    await rename(draft, path);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
}
