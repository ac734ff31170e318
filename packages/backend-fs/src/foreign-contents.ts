/** Looks for files of others in the directories that are the store's own. */

import { readdir } from "node:fs/promises";
import { BackendError } from "@engenho/sdk";
import type { DurableTree } from "./durable-tree.ts";
import { journalDirectory, restoreDirectory, temporaryDirectory } from "./own-directories.ts";

/** What this package puts into its own directories: they are emptied, so nothing else may be lost there. */
const ownContents: readonly (readonly [directory: string, names: RegExp])[] = [
  [temporaryDirectory, /^\d+$/],
  [journalDirectory, /^[1-9]\d*$/],
  [restoreDirectory, /^(\d+|intent\.json(\.tmp)?)$/],
];

/**
 * Refuses a root where somebody else uses the names of our own directories.
 *
 * @param isStore Whether it has a `_meta.json`: without one, all that is there is somebody else's.
 * @throws BackendError `conflict`.
 */
export async function refuseForeignContents(tree: DurableTree, isStore: boolean): Promise<void> {
  for (const [directory, names] of ownContents) {
    if (!(await tree.hasDirectory(directory))) continue;
    const entries = await readdir(tree.absolute(directory), { withFileTypes: true });
    const foreign = entries.find((entry) => !isStore || !entry.isFile() || !names.test(entry.name));
    if (foreign === undefined) continue;
    const path = tree.absolute(`${directory}/${foreign.name}`);
    throw new BackendError(
      "conflict",
      `${path} is not the store's and stands where it would be lost`,
    );
  }
}
