/** Ends the process when a subject holds the event loop, where no timer and no signal handler of ours can run. */

import { Worker } from "node:worker_threads";
import { lastCall } from "../harness/last-call.ts";

/** How often the main thread shows that it lives, and how often that is looked at, in milliseconds. */
const beatMs = 500;

/**
 * Runs beside the main thread. It counts its own ticks rather than time, so that a machine that
 * sleeps is no reason to end anything.
 */
const source = `
  const { workerData } = require("node:worker_threads");
  const { writeSync } = require("node:fs");
  let seen = -1;
  let silent = 0;
  setInterval(() => {
    const beat = Atomics.load(workerData.beats, 0);
    silent = beat === seen ? silent + 1 : 0;
    seen = beat;
    if (silent < workerData.patience) return;
    const call = Buffer.from(workerData.lastCall).toString().replaceAll("\\0", "");
    writeSync(2, workerData.message + (call && "; the last call was " + call) + "\\n");
    process.kill(process.pid, "SIGKILL");
  }, ${beatMs});
`;

/** Watches this process until it ends. It does not keep it alive. */
export function startWatchdog(limitMs: number): void {
  const beats = new Int32Array(new SharedArrayBuffer(4));
  setInterval(() => Atomics.add(beats, 0, 1), beatMs).unref();
  const seconds = Math.round(limitMs / 1_000);
  const message =
    `conformance: the subject has held the event loop for ${seconds} s: ended by force, ` +
    "directories in the temporary directory may be left";
  const patience = Math.ceil(limitMs / beatMs);
  new Worker(source, { eval: true, workerData: { beats, patience, message, lastCall } }).unref();
}
