/** Makes the changes that a journal has acknowledged. */

import type { Change } from "../commit/commit-batch.ts";
import type { DurableTree } from "../durable-tree.ts";
import { forEachLimited } from "../for-each-limited.ts";

/** Some batches' worth: to ask for all of them in one turn would hold up everybody else. */
const changesAtOnce = 1_024;

/** A change that could not be made. */
export interface FailedChange {
  readonly change: Change;
  readonly error: unknown;
}

/**
 * Makes changes of different files, each on its own: one that cannot be made keeps no other from it. Files are removed
 * before others are written: on a full disk that makes room for them.
 *
 * @param onWritten Told of each that is made for good.
 * @returns The others, once nothing is under way any more.
 */
export async function writeFiles(
  tree: DurableTree,
  changes: readonly Change[],
  onWritten: (change: Change) => void = () => {},
): Promise<readonly FailedChange[]> {
  const failed: FailedChange[] = [];
  const write = async (change: Change): Promise<void> => {
    try {
      await tree.commit(change);
    } catch (error) {
      failed.push({ change, error });
      return;
    }
    onWritten(change);
  };
  const removals = changes.filter(({ put }) => put === undefined);
  const others = changes.filter(({ put }) => put !== undefined);
  for (const each of [removals, others]) await forEachLimited(each, changesAtOnce, write);
  return failed;
}
