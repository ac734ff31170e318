/** The thread that touches the disk: takes what it is asked for one message at a time, and answers each. */

import { readdirSync } from "node:fs";
import { parentPort, workerData } from "node:worker_threads";
import type { PackedFiles } from "../reading/file-pack.ts";
import { type Listing, listingOf } from "../reading/listing.ts";
import { readFiles } from "../reading/read-files.ts";
import { absolute, type Landmark } from "./inside-root.ts";
import type { Job, JobResult } from "./job.ts";
import { type JobPlace, runJobs } from "./run-job.ts";
import { syncFileOperations } from "./sync-file-operations.ts";

/** What a thread works on, for all its life. */
export interface WorkerPlace {
  readonly root: string;
  readonly syncs: boolean;
  readonly landmark?: Landmark | undefined;
  /** Whether jobs are done one after another, in the order in which they are asked for. Default: several at once. */
  readonly inOrder?: boolean;
}

/** What it may be asked for. */
export type WorkerRequest =
  | { readonly jobs: readonly Job[] }
  | { readonly list: string }
  /** Names with `/` between them, which none of them has: one text costs less than many, and stops the event loop for less time. */
  | { readonly directory: string; readonly names: string; readonly limit: number };

/** A {@link Listing}, its files with `/` between them. */
export type PackedListing = Omit<Listing, "files"> & { readonly files: string };

/** What it gives for that. */
export type WorkerValue = readonly JobResult[] | PackedListing | PackedFiles;

/** The value; or what went wrong, in words and with the operating system's code. */
export type WorkerAnswer =
  | { readonly value: WorkerValue }
  | { readonly error: string; readonly errno: unknown };

const place: JobPlace = { ...(workerData as WorkerPlace), operations: syncFileOperations };

parentPort?.on("message", (request: WorkerRequest) => {
  answer(request).then(
    (value) => send({ value }, "facts" in value ? [value.bytes, value.facts.buffer] : []),
    (error: unknown) =>
      send({ error: String(error), errno: (error as NodeJS.ErrnoException).code }),
  );
});

async function answer(request: WorkerRequest): Promise<WorkerValue> {
  if ("jobs" in request) return runJobs(place, request.jobs);
  if ("list" in request) {
    const entries = readdirSync(absolute(place, request.list), { withFileTypes: true });
    const listing = listingOf(entries);
    return { ...listing, files: listing.files.join("/") };
  }
  const directory = absolute(place, request.directory);
  return readFiles(directory, request.names.split("/"), request.limit);
}

function send(message: WorkerAnswer, transfer: ArrayBuffer[] = []): void {
  parentPort?.postMessage(message, transfer);
}
