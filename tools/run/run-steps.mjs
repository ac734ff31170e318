/** Runs steps in stages, says how each went, and leaves no child behind. */

import { spawn } from "node:child_process";
import { constants } from "node:os";
import { delimiter, resolve } from "node:path";

/** @typedef {import("./tasks.mjs").Step} Step */

/** How many steps of one stage run at once. */
const CONCURRENCY = 2;

/**
 * Runs the stages one after another, in the current directory; the first failure ends it all.
 * @param {import("./tasks.mjs").Stages} stages
 * @returns {Promise<number>} The exit code.
 */
export async function runSteps(stages) {
  const children = new Set();
  /** @type {number} */
  let exitCode = 0;
  const stop = (/** @type {NodeJS.Signals} */ signal) => {
    for (const child of children) child.kill(signal);
  };
  const interrupted = (/** @type {NodeJS.Signals} */ signal) => {
    exitCode = 128 + constants.signals[signal];
    stop(signal);
  };

  /** @param {Step[]} queue */
  const work = async (queue) => {
    for (let step = queue.shift(); step !== undefined && exitCode === 0; step = queue.shift()) {
      const { code, output, seconds } = await runStep(step, children);
      if (exitCode !== 0) return; // Stopped because of another: not this step's fault.
      if (code !== 0 || !step.hasLastWord) {
        console.log(`${code === 0 ? "✓" : "✗"} ${step.name} (${seconds} s)`);
      }
      if (code === 0) continue;
      exitCode = code;
      // A live step has said what is wrong itself, unless it could not start.
      const details = [output, step.live ? "" : `Failed: ${step.command.join(" ")}`];
      console.error(details.filter((line) => line !== "").join("\n"));
      stop("SIGTERM");
    }
  };

  process.on("SIGINT", interrupted).on("SIGTERM", interrupted);
  for (const stage of stages) {
    const queue = [...stage];
    await Promise.all(Array.from({ length: CONCURRENCY }, () => work(queue)));
    if (exitCode !== 0) break;
  }
  process.off("SIGINT", interrupted).off("SIGTERM", interrupted);
  return exitCode;
}

/**
 * @param {Step} step
 * @param {Set<import("node:child_process").ChildProcess>} children Holds the child while it runs.
 * @returns {Promise<{ code: number, output: string, seconds: string }>}
 */
function runStep({ command: [file = "", ...args], name, live, announce }, children) {
  const started = performance.now();
  if (announce !== undefined) console.log(`… ${announce}`);
  if (live) console.log(`▶ ${name}`);
  return new Promise((settle) => {
    const child = spawn(file, args, {
      env: {
        ...process.env,
        PATH: `${resolve("node_modules/.bin")}${delimiter}${process.env.PATH}`,
      },
      stdio: live ? "inherit" : ["ignore", "pipe", "pipe"],
    });
    children.add(child);
    /** @type {string[]} */
    const output = [];
    const keep = (/** @type {string} */ text) => output.push(text);
    child.stdout?.setEncoding("utf8").on("data", keep);
    child.stderr?.setEncoding("utf8").on("data", keep);
    child.on("error", (error) => output.push(error.message));
    child.on("close", (code) => {
      children.delete(child);
      const seconds = ((performance.now() - started) / 1000).toFixed(1);
      settle({
        code: code === null || code < 0 ? 1 : code,
        output: output.join("").trim(),
        seconds,
      });
    });
  });
}
