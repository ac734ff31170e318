/**
 * Runs one task of the repository (`npm start`, `npm test`, `npm run check`): installs first, then
 * runs the task's steps with the workspace's own tools ahead on PATH. Plain JavaScript, because the
 * Node that starts it may be as old as 20.
 */

import { tmpdir } from "node:os";
import { fileURLToPath } from "node:url";
import { platformProblem } from "./run/platform.mjs";
import { runSteps } from "./run/run-steps.mjs";
import { install, tasks } from "./run/tasks.mjs";
import { temporaryDirectory } from "./run/temporary-directory.mjs";

const [taskName = "", ...passedArguments] = process.argv.slice(2);
const task = Object.hasOwn(tasks, taskName) ? tasks[taskName] : undefined;
const problem =
  task === undefined
    ? `Unknown task "${taskName}". Tasks: ${Object.keys(tasks).join(", ")}.`
    : platformProblem(process);

if (task === undefined || problem !== undefined) {
  console.error(problem);
  process.exitCode = 1;
} else {
  process.chdir(fileURLToPath(new URL("..", import.meta.url)));
  const own = tmpdir();
  const temporary = temporaryDirectory(own);
  if (temporary !== own) console.log(`Temporary files go to ${temporary}: ${own} is memory.`);
  process.env.TMPDIR = temporary;
  process.exitCode = await runSteps([[install()], ...task(passedArguments)]);
}
