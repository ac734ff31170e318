/** Who does jobs: threads whose calls block nobody else, or operations on this thread. */

import { Worker } from "node:worker_threads";
import { BackendError } from "@engenho/sdk";
import type { FileOperations } from "../file-operations.ts";
import type { PackedFiles } from "../reading/file-pack.ts";
import { inProcessReader, type ReadOne } from "../reading/in-process-reader.ts";
import type { Listing } from "../reading/listing.ts";
import type {
  PackedListing,
  WorkerAnswer,
  WorkerPlace,
  WorkerRequest,
  WorkerValue,
} from "./file-worker.ts";
import type { Job, JobResult, JobRunner } from "./job.ts";
import { packJobs } from "./pack-jobs.ts";
import { type JobPlace, runJobs } from "./run-job.ts";

/**
 * Each fsync waits for the disk, and the disk takes several at once: with more threads than this, two cores
 * lost more to them than the disk gave.
 */
const maxThreads = 8;

/** As many files are read in the time that it takes to begin a thread. */
const filesPerThread = 64;

/**
 * Does jobs on this thread, with operations that do not block it.
 *
 * @param readOne Default: as threads read.
 */
export function inProcessRunner(
  place: WorkerPlace,
  operations: FileOperations,
  readOne?: ReadOne,
): JobRunner {
  const jobPlace: JobPlace = { ...place, operations };
  let before: Promise<unknown> = Promise.resolve();
  const runInOrder: JobRunner["run"] = (jobs) => {
    const result = before.then(() => runJobs(jobPlace, jobs));
    before = result.catch(() => undefined);
    return result;
  };
  return {
    ...inProcessReader(place.root, readOne),
    parallel: 4, // what libuv has by default
    run: place.inOrder === true ? runInOrder : (jobs) => runJobs(jobPlace, jobs),
    close: () => Promise.resolve(),
  };
}

/**
 * Does jobs on threads of its own, which begin when they are first needed. Where the system gives no more, those that
 * there are do it.
 */
export function threadRunner(place: WorkerPlace): JobRunner {
  let threads: Thread[] = [];
  let limit = place.inOrder === true ? 1 : maxThreads;
  let isClosed = false;
  const begin = (): Thread => {
    try {
      const thread = new Thread(place);
      threads.push(thread);
      return thread;
    } catch (error) {
      limit = Math.max(1, threads.length);
      const [other] = threads;
      if (other !== undefined) return other;
      const reason = `cannot begin a thread that writes: ${(error as Error).message}`;
      throw new BackendError("unavailable", reason, { outcome: "none", cause: error });
    }
  };
  /** Those that there are. Once closed, none are begun any more: nobody would end them. */
  const present = (): readonly Thread[] => {
    if (isClosed) throw new BackendError("closed", "the store is closed", { outcome: "none" });
    threads = threads.filter(({ hasEnded }) => !hasEnded);
    return threads;
  };
  /** One that is free, or new; if there can be no more, a busy one. */
  const next = (): Thread => {
    const there = present();
    const free = there.find(({ isBusy }) => !isBusy);
    const busy = there.length < limit ? undefined : there[0];
    return free ?? busy ?? begin();
  };
  /** Whichever has least to do: for what is done sooner than another one begins. */
  const idlest = (): Thread =>
    present().reduce<Thread | undefined>(
      (a, b) => (a !== undefined && a.waiting <= b.waiting ? a : b),
      undefined,
    ) ?? begin();
  return {
    get parallel() {
      return limit;
    },
    run: async (jobs) => next().run(jobs),
    list: async (directory) => idlest().list(directory),
    read: async (directory, names, bytes) =>
      (names.length < filesPerThread ? idlest() : next()).read(directory, names, bytes),
    close: async () => {
      isClosed = true;
      await Promise.all(threads.map((thread) => thread.end()));
    },
  };
}

/** Compiled, this package has no `.ts`. */
const script = new URL(
  import.meta.url.endsWith(".ts") ? "./file-worker.ts" : "./file-worker.js",
  import.meta.url,
);

/** One thread, and what it was asked and has not answered, in order. */
class Thread {
  readonly #worker: Worker;
  readonly #asked: PromiseWithResolvers<WorkerValue>[] = [];
  #end: Error | undefined;

  constructor(place: WorkerPlace) {
    // Nothing that this process was started with (loaders, inspectors, NODE_OPTIONS) is for a thread of ours.
    const name = "engenho-fs";
    this.#worker = new Worker(script, { workerData: place, execArgv: [], env: {}, name });
    this.#worker.unref();
    this.#worker.on("message", (answer: WorkerAnswer) => {
      const asked = this.#asked.shift();
      if (this.#asked.length === 0) this.#worker.unref();
      if ("value" in answer) asked?.resolve(answer.value);
      else asked?.reject(Object.assign(new Error(answer.error), { code: answer.errno }));
    });
    this.#worker.on("error", (error) => this.#ended(error));
    this.#worker.on("exit", () => this.#ended(new Error("a thread that writes has ended")));
  }

  /** How many answers it owes. */
  get waiting(): number {
    return this.#asked.length;
  }

  get isBusy(): boolean {
    return this.waiting > 0;
  }

  get hasEnded(): boolean {
    return this.#end !== undefined;
  }

  async run(jobs: readonly Job[]): Promise<readonly JobResult[]> {
    const packed = packJobs(jobs);
    return (await this.#ask({ jobs: packed.jobs }, packed.transfer)) as readonly JobResult[];
  }

  async list(directory: string): Promise<Listing> {
    const listing = (await this.#ask({ list: directory })) as PackedListing;
    return { ...listing, files: listing.files === "" ? [] : listing.files.split("/") };
  }

  async read(directory: string, names: readonly string[], limit: number): Promise<PackedFiles> {
    return (await this.#ask({ directory, names: names.join("/"), limit })) as PackedFiles;
  }

  async end(): Promise<void> {
    await this.#worker.terminate();
  }

  #ask(request: WorkerRequest, transfer: ArrayBuffer[] = []): Promise<WorkerValue> {
    if (this.#end !== undefined) return Promise.reject(this.#end);
    const asked = Promise.withResolvers<WorkerValue>();
    this.#asked.push(asked);
    this.#worker.ref(); // a write under way keeps the process, an open store does not
    this.#worker.postMessage(request, transfer);
    return asked.promise;
  }

  #ended(error: Error): void {
    this.#end ??= error;
    for (const asked of this.#asked.splice(0)) asked.reject(this.#end);
  }
}
