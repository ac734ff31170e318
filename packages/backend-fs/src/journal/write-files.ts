/** Makes the changes that a journal has acknowledged. */

import type { Change } from "../commit/commit-batch.ts";
import type { DurableTree } from "../durable-tree.ts";

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
  await Promise.all(changes.filter(({ put }) => put === undefined).map(write));
  await Promise.all(changes.filter(({ put }) => put !== undefined).map(write));
  return failed;
}
