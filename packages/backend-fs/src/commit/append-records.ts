/** Adds records of changes to the end of a file, each append in one go. */

import { type BatchResult, durableAncestors } from "./commit-batch.ts";
import type { Job, JobResult, JobRunner } from "./job.ts";
import type { TreeProblem } from "./tree-problem.ts";

/** A file that only grows. */
export interface RecordFile {
  readonly path: string;
  /** Its bytes that are on the disk for good. */
  length: number;
  /** Where the next append begins: behind those that are on their way. */
  end: number;
}

/** What is to be added to a file. */
export interface Append<R> {
  readonly file: RecordFile;
  /** One for each change. */
  readonly records: readonly R[];
  /** For each change, the files that it puts. */
  readonly paths: readonly (readonly string[])[];
  /** The bytes of records that begin at a place of the file. */
  readonly encode: (records: readonly R[], at: number) => Uint8Array<ArrayBuffer>;
}

/**
 * Adds all records of an append, behind those that are on their way. Undefined if none of them was added, because one of
 * the changes cannot be made or because what goes before them was not added either: {@link appendAlone} tells.
 *
 * @param runner Does jobs in their order.
 * @param durable Directories that are durable in their parents; those that become so are added.
 */
export async function appendBehind<R>(
  runner: JobRunner,
  append: Append<R>,
  durable: Set<string>,
): Promise<BatchResult | undefined> {
  const { file, records, encode } = append;
  const at = file.end;
  const bytes = encode(records, at);
  file.end += bytes.length;
  const { end } = file; // the bytes are gone once they are handed over
  const jobs = [prepareJob(append, durable), appendJob(file, at, bytes)];
  const [prepared, appended] = await runner.run(jobs);
  noteDurable(durable, prepared);
  const failure = prepared?.failure ?? appended?.failure;
  const [problem] = appended?.problems ?? [];
  const isMissing = appended === undefined || problem?.isMisplaced === true;
  if (failure === undefined && isMissing) return undefined;
  if (failure === undefined && problem === undefined) file.length = end;
  const syncs = syncsOf([prepared, appended]);
  return { problems: records.map(() => failure ?? problem), failure, syncs };
}

/** Adds the records of those changes that can be made, while nothing else is on its way. Parameters as above. */
export async function appendAlone<R>(
  runner: JobRunner,
  append: Append<R>,
  durable: Set<string>,
): Promise<BatchResult> {
  const { file, records, encode } = append;
  const [prepared] = await runner.run([prepareJob(append, durable)]);
  noteDurable(durable, prepared);
  const problems: readonly (TreeProblem | undefined)[] = prepared?.problems ?? [];
  const kept = records.filter((_, index) => problems[index] === undefined);
  let added: JobResult | undefined;
  if (prepared?.failure === undefined && kept.length > 0) {
    const bytes = encode(kept, file.length);
    file.end = file.length + bytes.length;
    [added] = await runner.run([appendJob(file, file.length, bytes)]);
    if (added?.problems[0] === undefined) file.length = file.end;
  }
  file.end = file.length;
  return {
    problems: records.map((_, index) => problems[index] ?? added?.problems[0]),
    failure: prepared?.failure ?? added?.failure,
    syncs: syncsOf([prepared, added]),
  };
}

function prepareJob<R>({ paths }: Append<R>, durable: ReadonlySet<string>): Job {
  return { phase: "prepare", items: paths, durable: durableAncestors(paths.flat(), durable) };
}

function appendJob({ path }: RecordFile, offset: number, bytes: Uint8Array<ArrayBuffer>): Job {
  return { phase: "append", path, offset, items: [bytes] };
}

function noteDurable(durable: Set<string>, prepared: JobResult | undefined): void {
  for (const directory of prepared?.durable ?? []) durable.add(directory);
}

function syncsOf(results: readonly (JobResult | undefined)[]): number {
  return results.reduce((sum, result) => sum + (result?.syncs ?? 0), 0);
}
