/** Takes a batch of changes through its phases: directories, new files, and only then their places. */

import { posix } from "node:path";
import type { Job, JobResult, JobRunner, NewFile, Publication } from "./job.ts";
import type { TreeProblem } from "./tree-problem.ts";

/** One change of the tree: it happens whole, or is told to have failed. Paths are relative to the root. */
export interface Change {
  /** A file to put in place of what is there. */
  readonly put?: { readonly path: string; readonly bytes: Uint8Array; readonly modified?: number };
  /** Files to remove after that; ones that are not there are no error. */
  readonly removes: readonly string[];
}

/** What came of a batch, in the order of its changes. */
export interface CommitResult {
  readonly errors: readonly (Error | undefined)[];
  readonly syncs: number;
}

/** What came of one, before anybody made errors of it. */
export interface BatchResult {
  readonly problems: readonly (TreeProblem | undefined)[];
  readonly failure: TreeProblem | undefined;
  readonly syncs: number;
}

/** A change on its way. */
interface Step {
  readonly index: number;
  readonly change: Change;
  readonly temporary: string;
}

/**
 * Commits changes that concern different files. A change with a problem does not keep others from being made.
 *
 * @param durable Directories that are durable in their parents; those that become so are added.
 * @param temporary Names a file under construction that was not there before.
 */
export async function commitBatch(
  runner: JobRunner,
  changes: readonly Change[],
  durable: Set<string>,
  temporary: () => string,
): Promise<BatchResult> {
  const batch = new Batch(changes, durable);
  let steps: readonly Step[] = changes.map((change, index) => ({
    index,
    change,
    temporary: change.put === undefined ? "" : temporary(),
  }));
  for (let attempt = 0; attempt < maxAttempts && steps.length > 0; attempt++) {
    batch.beginAnew(steps);
    await takePhases(runner, batch, steps, durable);
    steps = batch.missedDirectories(steps);
  }
  return batch.result();
}

/** Others may remove a directory again and again while changes are being made in it. */
const maxAttempts = 5;

async function takePhases(
  runner: JobRunner,
  batch: Batch,
  all: readonly Step[],
  durable: ReadonlySet<string>,
): Promise<void> {
  let left = all;
  let phases: readonly Phase[] = [
    (steps) => ({ steps, job: prepareJob(steps, durable) }),
    createPhase,
    (steps) => ({ steps, job: publishJob(steps) }),
  ];
  // All in one go, unless a change has a problem: then the others go on without it.
  while (phases.length > 0 && left.length > 0) {
    const steps = left;
    const asked = phases.map((phase) => phase(steps));
    const results = await runner.run(asked.map(({ job }) => job));
    for (const [at, result] of results.entries()) batch.note(asked[at]?.steps ?? [], result);
    left = batch.left(steps);
    phases = phases.slice(results.length);
  }
}

/** What a phase asks for, and the step of each of the job's items. */
type Phase = (steps: readonly Step[]) => { readonly steps: readonly Step[]; readonly job: Job };

/** What is known of a batch so far. */
class Batch {
  readonly #problems: (TreeProblem | undefined)[];
  readonly #durable: Set<string>;
  #failure: TreeProblem | undefined;
  #syncs = 0;

  constructor(changes: readonly Change[], durable: Set<string>) {
    this.#problems = changes.map(() => undefined);
    this.#durable = durable;
  }

  /** @param steps Of the job's items, in their order. */
  note(steps: readonly Step[], { problems, failure, durable, syncs }: JobResult): void {
    this.#failure ??= failure;
    this.#syncs += syncs;
    for (const directory of durable) this.#durable.add(directory);
    for (const [at, problem] of problems.entries()) {
      const step = steps[at];
      if (step !== undefined) this.#problems[step.index] ??= problem;
    }
  }

  /** Those that can go on: none once an fsync has failed. */
  left(steps: readonly Step[]): readonly Step[] {
    if (this.#failure !== undefined) return [];
    return steps.filter(({ index }) => this.#problems[index] === undefined);
  }

  /** Those of which nothing was done, because a directory was removed since it was looked at or made. */
  missedDirectories(steps: readonly Step[]): readonly Step[] {
    if (this.#failure !== undefined) return [];
    return steps.filter(({ index }) => {
      const problem = this.#problems[index];
      return problem?.errno === "ENOENT" && problem.outcome === "none";
    });
  }

  /** Forgets what came of steps, and that their directories are durable if there was a problem: those may be others now. */
  beginAnew(steps: readonly Step[]): void {
    for (const { index, change, temporary } of steps) {
      if (this.#problems[index] === undefined) continue;
      this.#problems[index] = undefined;
      const paths = [temporary, ...change.removes];
      if (change.put !== undefined) paths.push(change.put.path);
      for (const directory of ancestors(paths)) this.#durable.delete(directory);
    }
  }

  result(): BatchResult {
    return { problems: this.#problems, failure: this.#failure, syncs: this.#syncs };
  }
}

function prepareJob(steps: readonly Step[], durable: ReadonlySet<string>): Job {
  const items = steps.map(({ change, temporary }) =>
    change.put === undefined ? [] : [change.put.path, temporary],
  );
  const temporary = steps.find(({ change }) => change.put !== undefined)?.temporary;
  return {
    phase: "prepare",
    items,
    durable: durableAncestors(items.flat(), durable),
    ...(temporary === undefined ? {} : { temporaries: posix.dirname(temporary) }),
  };
}

/** Which of the directories that paths lie in, at every depth, are durable in their parents. */
export function durableAncestors(
  paths: readonly string[],
  durable: ReadonlySet<string>,
): readonly string[] {
  return [...ancestors(paths)].filter((directory) => durable.has(directory));
}

function createPhase(all: readonly Step[]): ReturnType<Phase> {
  const steps: Step[] = [];
  const items: NewFile[] = [];
  for (const step of all) {
    const { put } = step.change;
    if (put === undefined) continue;
    steps.push(step);
    items.push({ ...put, path: step.temporary, purpose: put.path });
  }
  return { steps, job: { phase: "create", items } };
}

function publishJob(steps: readonly Step[]): Job {
  const items = steps.map(({ change: { put, removes }, temporary }): Publication => ({
    moves: put === undefined ? [] : [{ from: temporary, to: put.path, isTemporary: true }],
    removes,
  }));
  return { phase: "publish", items };
}

/** The directories that paths lie in, at every depth. */
function ancestors(paths: readonly string[]): ReadonlySet<string> {
  const found = new Set<string>();
  for (const path of paths) {
    for (let at = posix.dirname(path); at !== "." && !found.has(at); at = posix.dirname(at))
      found.add(at);
  }
  return found;
}
