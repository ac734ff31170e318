/** A plain watch on a thread of its own: neither it nor the backend's waits for what the other one does with an event. */

import { once } from "node:events";
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";
import { RawEtcd } from "./raw-etcd.ts";

/** What is watched: keys from one up to before another. */
interface Watched {
  readonly endpoint: string;
  readonly key: string;
  readonly end: string;
}

/** A watch that writes down when events come. */
export interface PlainWatch {
  /** When the next so many events came, in order: times of `process.hrtime.bigint()`, which all threads share. */
  heard(count: number): Promise<readonly bigint[]>;
  close(): Promise<unknown>;
}

/** Resolves when the watch has begun. */
export async function openPlainWatch(watched: Watched): Promise<PlainWatch> {
  const worker = new Worker(new URL(import.meta.url), { workerData: watched });
  await once(worker, "message");
  return {
    heard: async (count) => {
      const answer = once(worker, "message") as Promise<[readonly bigint[]]>;
      worker.postMessage(count, []);
      return (await answer)[0];
    },
    close: () => worker.terminate(),
  };
}

async function watchHere({ endpoint, key, end }: Watched): Promise<void> {
  const times: bigint[] = [];
  let wanted = Infinity;
  const answer = (): void => {
    if (times.length < wanted) return;
    parentPort?.postMessage(times.splice(0, wanted), []);
    wanted = Infinity;
  };
  await new RawEtcd(endpoint).watch(key, end, (events) => {
    const now = process.hrtime.bigint();
    for (let i = 0; i < events; i++) times.push(now);
    answer();
  });
  parentPort?.on("message", (count: number) => {
    wanted = count;
    answer();
  });
  parentPort?.postMessage("begun", []);
}

if (!isMainThread) await watchHere(workerData as Watched);
