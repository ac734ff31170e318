/** Adds records of changes to a file in one go, without those that could not be made. */

import { type BatchResult, durableAncestors } from "./commit-batch.ts";
import type { Job, JobResult, JobRunner } from "./job.ts";
import type { TreeProblem } from "./tree-problem.ts";

/**
 * Looks whether changes can be made, and adds a record for each that can to a file.
 *
 * @param file Where they go; its length grows by what was added.
 * @param paths For each change, the files that it puts.
 * @param durable Directories that are durable in their parents; those that become so are added.
 */
export async function appendRecords(
  runner: JobRunner,
  file: { readonly path: string; length: number },
  paths: readonly (readonly string[])[],
  records: readonly Uint8Array[],
  durable: Set<string>,
): Promise<BatchResult> {
  const prepare: Job = {
    phase: "prepare",
    items: paths,
    durable: durableAncestors(paths.flat(), durable),
  };
  const [prepared, appended] = await runner.run([prepare, appendJob(file, records)]);
  for (const directory of prepared?.durable ?? []) durable.add(directory);
  const problems: (TreeProblem | undefined)[] = [...(prepared?.problems ?? [])];
  const kept = records.filter((_, index) => problems[index] === undefined);
  const isRefused = prepared?.failure !== undefined || kept.length === 0;
  const [added] =
    appended === undefined && !isRefused ? await runner.run([appendJob(file, kept)]) : [appended];
  const [problem] = added?.problems ?? [];
  if (added !== undefined && problem === undefined) file.length += lengthOf(kept);
  return {
    problems: problems.map((each) => each ?? problem),
    failure: prepared?.failure ?? added?.failure,
    syncs: syncsOf([prepared, added]),
  };
}

function appendJob(
  { path, length }: { readonly path: string; readonly length: number },
  records: readonly Uint8Array[],
): Job {
  return { phase: "append", path, offset: length, items: [Buffer.concat(records)] };
}

function lengthOf(records: readonly Uint8Array[]): number {
  return records.reduce((sum, { length }) => sum + length, 0);
}

function syncsOf(results: readonly (JobResult | undefined)[]): number {
  return results.reduce((sum, result) => sum + (result?.syncs ?? 0), 0);
}
