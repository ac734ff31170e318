/** Prints the matrix, and below it what its words stand for. */

import {
  type CellResult,
  type InteropCell,
  type InteropReport,
  isInteroperable,
} from "../../interop/interop-report.ts";
import { align } from "../align.ts";
import type { Paint } from "../paint.ts";

/** The lines that end a run. */
export function matrixLines(
  report: InteropReport,
  paint: Paint,
  reportPath: string | undefined,
): string[] {
  const { cells, errors, subjects } = report;
  const rows = [...new Set(cells.map(({ from }) => from))].map((from) => [
    from,
    ...cells.filter((cell) => cell.from === from).map((cell) => word(cell, paint)),
  ]);
  const more = reportPath === undefined ? "" : ` Report: ${reportPath}`;
  return [
    ...align([["from \\ to", ...subjects].map(paint.bold), ...rows]),
    ...cells.flatMap((cell) => details(cell, paint)),
    ...errors.map((error) => `${paint.red("error")} ${error}`),
    ...leftOut(cells),
    "",
    verdict(report, paint) + more,
  ];
}

function word({ result, aspects }: InteropCell, paint: Paint): string {
  const colour: Readonly<Record<CellResult, (text: string) => string>> = {
    identical: paint.green,
    equal: paint.green,
    differs: paint.red,
    impossible: paint.yellow,
  };
  const different = Object.entries(aspects).filter(([, how]) => how === "different");
  const what = different.length === 0 ? "" : ` (${different.map(([aspect]) => aspect).join(", ")})`;
  return colour[result](result + what);
}

function details({ from, to, result, problems }: InteropCell, paint: Paint): string[] {
  if (problems.length === 0) return [];
  const colour = result === "differs" ? paint.red : paint.yellow;
  return ["", `${from} → ${to}: ${colour(result)}`, ...problems.map((problem) => `  ${problem}`)];
}

/** What did not travel, said once for all cells that have the same reason. */
function leftOut(cells: readonly InteropCell[]): string[] {
  const counts = new Map<string, number>();
  for (const { leftOut: each } of cells)
    for (const { why, count } of each) counts.set(why, Math.max(counts.get(why) ?? 0, count));
  if (counts.size === 0) return [];
  const lines = [...counts].map(([why, count]) => `  ${why}: up to ${count} in a cell`);
  return ["", "Left out, as claimed:", ...lines];
}

function verdict(report: InteropReport, paint: Paint): string {
  const compared = report.cells.filter(({ result }) => result !== "impossible");
  if (!isInteroperable(report)) return paint.red("Something differs.");
  if (compared.length === 0) return paint.yellow("Nothing could be compared.");
  const most = Math.max(...compared.map(({ resources }) => resources));
  return `${paint.green("Nothing differs")} in ${compared.length} of ${report.cells.length} cells, of up to ${most} resources each.`;
}
