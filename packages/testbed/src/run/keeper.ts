/**
 * `node keeper.ts DIRECTORY`: waits for its input to end, which it does when the process at its other
 * end is gone, however that ended, and then sweeps the workspace. In a session of its own, so that
 * what a terminal sends to the tests does not reach it.
 */

import { sweep } from "./sweep.ts";

const [directory] = process.argv.slice(2);
if (directory === undefined) throw new Error("usage: keeper.ts DIRECTORY");

process.stdin.resume();
process.stdin.once("close", () => void sweep(directory));
