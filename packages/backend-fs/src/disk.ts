/** What touches the disk: the operating system, or what tests put in its place. */

import type { JobRunner } from "./commit/job.ts";
import { threadRunner } from "./commit/job-runners.ts";
import type { WorkerPlace } from "./commit/file-worker.ts";
import { type FileOperations, fileOperations } from "./file-operations.ts";

/** Everything that changes the tree goes through one of the two; the lock file alone is root-lock.ts's own. */
export interface Disk {
  /** For what happens once: at open, around a restore. */
  readonly operations: FileOperations;
  /** For writes, and for reading what is there. */
  readonly makeRunner: (place: WorkerPlace) => JobRunner;
}

/** The operating system's own, with threads for writes. */
export const disk: Disk = { operations: fileOperations, makeRunner: threadRunner };
