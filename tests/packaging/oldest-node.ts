/** The oldest Node that the packages take, which parses less than the one that runs the tests. */

import { existsSync } from "node:fs";
import { join } from "node:path";

const installed = join(import.meta.dirname, "../node_modules/node-22/bin/node");

/** The program. A platform that has none falls back on its own Node; in CI, outside-project.test.ts fails there. */
export const oldestNode: string = existsSync(installed) ? installed : process.execPath;
