/** What touches the disk: the operating system, or what tests put in its place. */

import type { JobRunner } from "./commit/job.ts";
import { threadRunner } from "./commit/job-runners.ts";
import type { WorkerPlace } from "./commit/file-worker.ts";
import { type FileOperations, fileOperations } from "./file-operations.ts";
import type { readRegularFile } from "./read-regular-file.ts";

/** Everything that changes the tree goes through one of the two; the lock file alone is root-lock.ts's own. */
export interface Disk {
  /** For what happens once: at open, around a restore. */
  readonly operations: FileOperations;
  /** For writes. */
  readonly makeRunner: (place: WorkerPlace) => JobRunner;
  /** Reads a resource's file. Default: {@link readRegularFile}. */
  readonly read?: typeof readRegularFile;
}

/** The operating system's own, with threads for writes. */
export const disk: Disk = { operations: fileOperations, makeRunner: threadRunner };
