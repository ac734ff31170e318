/** Spreads jobs over worker processes, and outlives those that a mutant takes down. */

import { type ChildProcess, fork } from "node:child_process";
import { statSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import type { Job, Verdict } from "./verdict.ts";

/** No mutant takes this long, unless it keeps its process from answering. */
const patienceMs = 120_000;

/**
 * Memory that takes directories, on Linux. Each mutant is given a directory for each of its thousand stores and keeps nothing
 * in any; on a disk, making and removing them was a third of the work.
 */
const memory = "/dev/shm";

/** Every job's verdict, in the order of the jobs; `observe` is told of each as it comes. */
export async function runJobs(
  jobs: readonly Job[],
  observe: (verdict: Verdict) => void,
): Promise<readonly Verdict[]> {
  const verdicts: Verdict[] = [];
  const queue = jobs.entries();
  const lane = async (): Promise<void> => {
    let worker = startWorker();
    try {
      // The lanes share one iterator: each takes the next job that nobody has taken.
      for (const [index, job] of queue) {
        const answer = await ask(worker, job);
        verdicts[index] = answer.verdict;
        observe(answer.verdict);
        if (answer.isOver) worker = startWorker();
      }
    } finally {
      worker.kill();
    }
  };
  // One more than cores, since what hangs does nothing but wait.
  const lanes = Math.min(availableParallelism() + 1, jobs.length);
  await Promise.all(Array.from({ length: lanes }, lane));
  return verdicts;
}

function startWorker(): ChildProcess {
  return fork(new URL("./worker.ts", import.meta.url), {
    execArgv: ["--conditions=@engenho/source"],
    serialization: "advanced",
    env: { ...process.env, TMPDIR: isDirectory(memory) ? memory : tmpdir() },
  });
}

function isDirectory(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

async function ask(
  worker: ChildProcess,
  job: Job,
): Promise<{ readonly verdict: Verdict; readonly isOver: boolean }> {
  const { promise, resolve } = Promise.withResolvers<Verdict | string>();
  const onExit = (code: number | null, signal: string | null): void =>
    resolve(`its process ended with ${signal ?? code}`);
  const timer = setTimeout(() => {
    worker.kill("SIGKILL");
    resolve(`its process did not answer within ${patienceMs / 1_000} s`);
  }, patienceMs);
  worker.once("message", resolve);
  worker.once("exit", onExit);
  worker.send(job);
  const answer = await promise;
  clearTimeout(timer);
  worker.off("message", resolve);
  worker.off("exit", onExit);
  if (typeof answer !== "string") return { verdict: answer, isOver: false };
  const nothing = { kills: [], others: [], passed: 0, checked: 0, durationMs: 0 };
  return { verdict: { ...job, ...nothing, isRight: false, faults: [answer] }, isOver: true };
}
