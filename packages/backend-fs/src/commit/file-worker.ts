/** The thread that jobs are done on: takes them one message at a time, and answers each. */

import { parentPort, workerData } from "node:worker_threads";
import type { Landmark } from "./inside-root.ts";
import type { Job, JobResult } from "./job.ts";
import { runJobs } from "./run-job.ts";
import { syncFileOperations } from "./sync-file-operations.ts";

/** What a thread works on, for all its life. */
export interface WorkerPlace {
  readonly root: string;
  readonly syncs: boolean;
  readonly landmark?: Landmark | undefined;
}

/** The results; or what nobody had foreseen, in words. */
export type WorkerAnswer = { readonly results: readonly JobResult[] } | { readonly error: string };

const place = { ...(workerData as WorkerPlace), operations: syncFileOperations };

parentPort?.on("message", (jobs: readonly Job[]) => {
  runJobs(place, jobs).then(
    (results) => answer({ results }),
    (error: unknown) => answer({ error: String(error) }),
  );
});

function answer(message: WorkerAnswer): void {
  parentPort?.postMessage(message, []);
}
