/**
 * `npm run mutants`: the suite on every known-bad backend, and on sound ones. Ends with 1 if a mutant survives a
 * requirement that it names, fails one that it does not name, or is too crude; if a requirement is proven by no mutant;
 * if a sound backend fails. `--write-spec` brings SPEC.md's list of mutants up to date instead.
 */

import { readFileSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { align } from "../../packages/conformance/src/cli/align.ts";
import { requirements } from "../../packages/conformance/src/index.ts";
import {
  type Mutant,
  mutants,
  soundSubjects,
} from "../../packages/conformance/src/mutants/index.ts";
import { runJobs } from "./run-jobs.ts";
import { withMutants } from "./spec-mutants.ts";
import type { Job, Verdict } from "./verdict.ts";

const { values } = parseArgs({
  options: { filter: { type: "string" }, "write-spec": { type: "boolean" } },
});
if (values["write-spec"] === true) {
  writeFileSync("SPEC.md", withMutants(readFileSync("SPEC.md", "utf8")));
  process.exit(0);
}
const chosen = mutants.filter(matcher(values.filter));
if (chosen.length === 0) {
  console.error(
    `no mutant has ${values.filter} in its id, its title or a requirement that it names`,
  );
  process.exit(2);
}
const jobs: readonly Job[] = [
  ...soundSubjects.map(({ name }): Job => ({ type: "sound", id: name })),
  ...chosen.map(({ id }): Job => ({ type: "mutant", id })),
];

const started = performance.now();
const elapsed = (): string => `${Math.round((performance.now() - started) / 1_000)} s`;
let done = 0;
let wrong = 0;
const verdicts = await runJobs(jobs, ({ isRight }) => {
  done++;
  if (!isRight) wrong++;
  const line = `${done}/${jobs.length} judged, ${wrong} not as they should be, ${elapsed()}`;
  if (process.stderr.isTTY) process.stderr.write(`\r${line}\u001b[K`);
  else if (done % 25 === 0) process.stderr.write(`${line}\n`);
});
if (process.stderr.isTTY) process.stderr.write("\r\u001b[K");

const judged = verdicts.filter(({ type }) => type === "mutant");
const rows = judged.map((verdict) => [
  verdict.id,
  verdict.isRight ? "killed" : "NOT AS NAMED",
  `${verdict.passed}/${verdict.checked}`,
  `${verdict.durationMs} ms`,
  verdict.kills.map(({ id }) => id).join(" "),
]);
const head = ["mutant", "result", "passes", "time", "killed by"];
console.log(align([head, ...rows], [2, 3]).join("\n"));

const unnamed = judged.filter(({ others }) => others.length > 0);
if (unnamed.length > 0) console.log("\nFailed besides, by chance or as a consequence:");
for (const { id, others } of unnamed)
  console.log(`  ${id}: ${others.map((other) => other.id).join(" ")}`);

const bad = verdicts.filter(({ isRight }) => !isRight);
if (bad.length > 0) console.log("");
for (const { id, type, faults } of bad) {
  console.log(type === "sound" ? `${id}, which is sound:` : `${id}:`);
  for (const fault of faults) console.log(`  ${fault}`);
}

const right = verdicts.filter(({ isRight }) => isRight);
const countOf = (type: Verdict["type"], among: readonly Verdict[] = verdicts): number =>
  among.filter((verdict) => verdict.type === type).length;
const proven = new Set(judged.flatMap(({ kills }) => kills.map(({ id }) => id)));
const unproven = requirements.filter(({ id }) => !proven.has(id)).map(({ id }) => id);
console.log(`
killed ${countOf("mutant", right)} of ${countOf("mutant")}
sound backends that pass: ${countOf("sound", right)} of ${countOf("sound")}
requirements proven: ${requirements.length - unproven.length} of ${requirements.length} (${elapsed()})`);
const isWhole = chosen.length === mutants.length;
if (isWhole && unproven.length > 0) console.log(`not proven: ${unproven.join(" ")}`);
if (bad.length > 0 || (isWhole && unproven.length > 0)) process.exitCode = 1;

/** Text anywhere in the id, the title or a named requirement, or a regular expression between slashes. */
function matcher(filter: string | undefined): (mutant: Mutant) => boolean {
  if (filter === undefined) return () => true;
  const source = /^\/(.+)\/$/s.exec(filter)?.[1];
  const expression = source === undefined ? undefined : new RegExp(source, "i");
  const matches = (text: string): boolean =>
    expression?.test(text) ?? text.toLowerCase().includes(filter.toLowerCase());
  return ({ id, title, breaks }) => [id, title, ...breaks].some(matches);
}
