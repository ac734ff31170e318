/** The command: `npm run bench [-- <suite>…] [-- --small | --tiny] [-- --only <text>] [-- --write]`. */

import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import type { Size } from "./bench-case.ts";
import { loadSuite, suiteNames } from "./load-suites.ts";
import { currentMachine } from "./machine.ts";
import type { BenchReport, CaseResult, SuiteResult } from "./results.ts";
import { runCase } from "./run-case.ts";
import { barsLine, terminalTable } from "./table.ts";
import { withResults } from "./write-benchmarks.ts";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    small: { type: "boolean", default: false },
    tiny: { type: "boolean", default: false },
    only: { type: "string" },
    write: { type: "boolean", default: false },
  },
});
const size: Size = values.tiny ? "tiny" : values.small ? "small" : "full";
const known = suiteNames();
const fault = usageFault();
if (fault === undefined) await run(positionals.length === 0 ? known : positionals);
else {
  console.error(fault);
  process.exitCode = 2;
}

/** Why nothing is run, in one line. */
function usageFault(): string | undefined {
  const unknown = positionals.find((name) => !known.includes(name));
  if (unknown !== undefined) {
    return `There is no suite "${unknown}". Suites: ${known.join(", ")}.`;
  }
  const isPart = size !== "full" || values.only !== undefined;
  if (!values.write || !isPart) return undefined;
  return "--write takes the place of a suite's results in BENCHMARKS.md: run it on whole suites, in full size.";
}

async function run(names: readonly string[]): Promise<void> {
  const suites: SuiteResult[] = [];
  for (const name of names) {
    const suite = { name, cases: await runSuite(name) };
    if (suite.cases.length === 0) continue;
    suites.push(suite);
    for (const line of ["", `${name} (${size})`, ...terminalTable(suite), ""]) console.log(line);
  }
  const report: BenchReport = {
    schema: "engenho.bench/v1",
    date: new Date().toISOString(),
    size,
    command: ["npm run bench --", ...process.argv.slice(2)].join(" "),
    machine: currentMachine(),
    suites,
  };
  if (suites.length === 0) {
    console.error(
      values.only === undefined
        ? `There is nothing to measure: ${names.join(", ")} has no cases here.`
        : `No case has "${values.only}" in its name.`,
    );
    process.exitCode = 2;
    return;
  }
  mkdirSync("reports", { recursive: true });
  writeFileSync("reports/bench.json", `${JSON.stringify(report, null, 2)}\n`);
  console.log(`${barsLine(suites)}. Report: reports/bench.json`);
  if (values.write) {
    writeFileSync("BENCHMARKS.md", withResults(readFileSync("BENCHMARKS.md", "utf8"), report));
  }
}

/** The results of the cases whose name has the text of `--only` in it: all by default. */
async function runSuite(name: string): Promise<readonly CaseResult[]> {
  const { cases } = await loadSuite(name);
  const results: CaseResult[] = [];
  for (const each of cases.filter((one) => one.name.includes(values.only ?? ""))) {
    const started = performance.now();
    results.push(await runCase(name, each, size));
    console.error(`${name}: ${each.name} (${((performance.now() - started) / 1000).toFixed(1)} s)`);
  }
  return results;
}
