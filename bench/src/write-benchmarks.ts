/** Puts results into BENCHMARKS.md, between the marks that stand there for them. */

import type { BenchReport } from "./results.ts";
import { barsLine, markdownTable } from "./table.ts";

const begin = "<!-- results: written by `npm run bench -- --write` -->";
const end = "<!-- end of results -->";

/** The document with these results in place of those that it has. Throws if it has no marks. */
export function withResults(document: string, report: BenchReport): string {
  const from = document.indexOf(begin);
  const to = document.indexOf(end);
  if (from === -1 || to < from) throw new Error("BENCHMARKS.md has no place for results");
  return `${document.slice(0, from + begin.length)}\n\n${results(report)}\n\n${document.slice(to)}`;
}

function results({ date, machine, command, suites }: BenchReport): string {
  const { cpu, cores, memoryGiB, os, node } = machine;
  return [
    `${date.slice(0, 10)}, \`${command}\`: ${cpu}, ${cores} cores, ${memoryGiB} GiB, ${os}, Node ${node}. ${barsLine(suites)}.`,
    ...suites.flatMap((suite) => ["", `### ${suite.name}`, "", ...markdownTable(suite)]),
  ].join("\n");
}
