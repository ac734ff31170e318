/** Lists the changes that no version has yet. */

import { globSync } from "node:fs";

/** The paths of the changesets, relative to the checkout. */
export function pendingChangesets(repository: string): readonly string[] {
  return globSync(".changeset/*.md", { cwd: repository }).toSorted();
}
