/** Shares the inputs of a run out among worker threads. */

import { Worker } from "node:worker_threads";
import type { Range, Tally } from "../run-family.ts";

/** A part of one family's inputs. */
export interface Slice extends Range {
  readonly family: string;
}

/** Runs the slices; `progress` hears of every 50,000 inputs. */
export async function runSlices(
  slices: readonly Slice[],
  threads: number,
  progress: (done: number, all: number) => void,
): Promise<Tally[]> {
  const all = slices.reduce((sum, { inputs }) => sum + inputs, 0);
  const queue = slices.toReversed();
  const tallies: Tally[] = [];
  let done = 0;
  const work = async (): Promise<void> => {
    const worker = new Worker(new URL("worker.ts", import.meta.url));
    try {
      for (let slice = queue.pop(); slice !== undefined; slice = queue.pop()) {
        const tally = await answerOf(worker, slice);
        tallies.push(tally);
        const before = done;
        done += tally.inputs;
        if (Math.floor(done / 50_000) > Math.floor(before / 50_000)) progress(done, all);
      }
    } finally {
      await worker.terminate();
    }
  };
  await Promise.all(Array.from({ length: Math.min(threads, slices.length) }, work));
  return tallies;
}

function answerOf(worker: Worker, slice: Slice): Promise<Tally> {
  return new Promise((resolve, reject) => {
    worker.once("error", reject);
    worker.once("message", (tally: Tally) => {
      worker.off("error", reject);
      resolve(tally);
    });
    worker.postMessage(slice, []);
  });
}
