/** Refuses subjects that no report could tell apart. */

import { relative } from "node:path";
import { fileURLToPath } from "node:url";
import { CannotRunError } from "./cannot-run-error.ts";
import type { Subject } from "./subject.ts";
import { moduleOf } from "./subject-module.ts";

/** Throws a CannotRunError that says the name, and the files as far as they are known. */
export function refuseSameNames(subjects: readonly Subject[]): void {
  for (const [name, alike] of Map.groupBy(subjects, (subject) => subject.name)) {
    if (alike.length < 2) continue;
    const files = alike.flatMap((subject) => moduleOf(subject) ?? []).map(pathOf);
    const where = files.length === 0 ? "" : ` (${files.join(" and ")})`;
    throw new CannotRunError(
      `two subjects have the same name, ${JSON.stringify(name)}${where}: give one of them another name`,
    );
  }
}

/** As somebody in this directory would type it. */
function pathOf(url: string): string {
  return url.startsWith("file:") ? relative(process.cwd(), fileURLToPath(url)) : url;
}
