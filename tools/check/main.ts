/** Checks the rules of the house that no ready-made tool knows; prints one line for each offence. */

import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import { directionProblems } from "./direction/direction-problems.ts";
import { manifestProblems } from "./direction/manifest-problems.ts";
import { lockfileProblems } from "./lockfile-problems.ts";
import { machinePathProblems } from "./machine-path-problems.ts";
import { sourceFiles } from "./source-files.ts";

const root = process.cwd();
const machine = { checkout: root, home: homedir() };
const problems: string[] = [];

for (const path of sourceFiles(root)) {
  const text = readFileSync(path, "utf8");
  problems.push(...machinePathProblems(path, text, machine));
  if (path.endsWith(".ts")) problems.push(...directionProblems(path, text));
  if (/^packages\/[^/]+\/package\.json$/.test(path)) {
    problems.push(...manifestProblems(path, JSON.parse(text)));
  }
}
problems.push(...lockfileProblems(readFileSync("pnpm-lock.yaml", "utf8")));

for (const problem of problems) console.error(problem);
process.exitCode = problems.length === 0 ? 0 : 1;
