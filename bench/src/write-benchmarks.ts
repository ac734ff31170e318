/** Puts results into BENCHMARKS.md: a section for each suite, between marks that stand there for it. */

import type { BenchReport, SuiteResult } from "./results.ts";
import { barsLine, markdownTable } from "./table.ts";

/** The document with these suites' results in place of those that it has of them. Throws if it has no place for one. */
export function withResults(document: string, report: BenchReport): string {
  return report.suites.reduce((written, suite) => withSuite(written, suite, report), document);
}

function withSuite(document: string, suite: SuiteResult, report: BenchReport): string {
  const begin = `<!-- results of ${suite.name}: written by \`npm run bench -- ${suite.name} --write\` -->`;
  const end = `<!-- end of ${suite.name} -->`;
  const from = document.indexOf(begin);
  const to = document.indexOf(end);
  if (from === -1 || to < from) {
    throw new Error(`BENCHMARKS.md has no place for the results of ${suite.name}: ${begin}`);
  }
  const section = [howMeasured(suite, report), "", ...markdownTable(suite)].join("\n");
  return `${document.slice(0, from + begin.length)}\n\n${section}\n\n${document.slice(to)}`;
}

function howMeasured(suite: SuiteResult, { date, machine, command }: BenchReport): string {
  const { cpu, cores, memoryGiB, os, node } = machine;
  const where = `${cpu}, ${cores} cores, ${memoryGiB} GiB, ${os}, Node ${node}`;
  return `${date.slice(0, 10)}, \`${command}\`: ${where}. ${barsLine([suite])}.`;
}
