/** What is asked of whoever touches the disk, as data: one phase of a commit, and what came of it. */

import type { TreeReader } from "../reading/tree-reader.ts";
import type { TreeProblem } from "./tree-problem.ts";

/** Makes directories, each durable in its parent, and looks whether files may stand where they are to. */
export interface PrepareJob {
  readonly phase: "prepare";
  /** Directories whose entry in their parent needs no fsync any more. */
  readonly durable: readonly string[];
  /** For each item, the files that it will put. */
  readonly items: readonly (readonly string[])[];
  /** Where files are made under names of their own: nothing can be in their way. Default: nowhere. */
  readonly temporaries?: string;
}

/** Writes new files and fsyncs each. */
export interface CreateJob {
  readonly phase: "create";
  readonly items: readonly NewFile[];
}

/** A file that was not there. */
export interface NewFile {
  readonly path: string;
  readonly bytes: Uint8Array;
  /** Its time of modification, in microseconds since 1970. Default: now. */
  readonly modified?: number;
  /** What it is for, in messages. Default: the path. */
  readonly purpose?: string;
}

/** Moves and removes files, and fsyncs every directory that was touched, once. */
export interface PublishJob {
  readonly phase: "publish";
  readonly items: readonly Publication[];
}

/** Done in this order; the first problem ends it. */
export interface Publication {
  readonly moves: readonly Move[];
  /** Files that are not there are no problem. */
  readonly removes: readonly string[];
}

/** A rename over what is there. */
interface Move {
  readonly from: string;
  readonly to: string;
  /** Whether `from` is under construction: its directory is not fsynced, and it goes if it cannot be moved. */
  readonly isTemporary: boolean;
}

/** Adds to the end of a file, and fsyncs it; what cannot be added whole is cut off again. */
export interface AppendJob {
  readonly phase: "append";
  readonly path: string;
  /** Where the file ends. If it does not, nothing is added, and the problem is `isMisplaced`. */
  readonly offset: number;
  /** One, handed over with its buffer. */
  readonly items: readonly Uint8Array<ArrayBuffer>[];
}

/** One phase of a commit. */
export type Job = PrepareJob | CreateJob | PublishJob | AppendJob;

/** What came of a job. */
export interface JobResult {
  /** For each item, what went wrong with it. */
  readonly problems: readonly (TreeProblem | undefined)[];
  /** An fsync that failed: then nothing of the job can be vouched for. */
  readonly failure?: TreeProblem;
  /** Of a preparation: the directories that are durable in their parents now. */
  readonly durable: readonly string[];
  /** How many fsyncs were made. */
  readonly syncs: number;
}

/** Whoever does jobs, and reads: threads of its own, or this one. */
export interface JobRunner extends TreeReader {
  /** How many jobs are worth giving it at once; fewer where the system gives no more threads. */
  readonly parallel: number;
  /**
   * Does jobs one after another, up to the first with a failure or a problem; gives a result for each that was
   * begun. Rejects with `unavailable` or `closed` if nobody was there to do them, and otherwise only if nobody can tell
   * what was done.
   */
  run(jobs: readonly Job[]): Promise<readonly JobResult[]>;
  /** Ends its threads, once no job is under way. */
  close(): Promise<void>;
}
