/** The results as rows of text: for the terminal, and for BENCHMARKS.md. */

import type { Bar } from "./bench-case.ts";
import type { CaseResult, Row, SuiteResult } from "./results.ts";
import type { Spread } from "./statistics.ts";

const headings = ["case", "a run", "who", "median", "min – max", "subject ÷ this", "bar"];

/** Where each stands, in the terminal: what is a figure leans right. */
const right: ReadonlySet<number> = new Set([1, 3, 4, 5]);

/** A suite as aligned lines, headings first. */
export function terminalTable(suite: SuiteResult): readonly string[] {
  const rows = [headings, ...suite.cases.flatMap(rowsOfCase)];
  const widths = headings.map((_, column) =>
    Math.max(...rows.map((row) => row[column]?.length ?? 0)),
  );
  return rows.map((row) =>
    row
      .map((cell, column) =>
        right.has(column) ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0),
      )
      .join("  ")
      .trimEnd(),
  );
}

/** A suite as a Markdown table, with what the peers do and do not do below it. */
export function markdownTable(suite: SuiteResult): readonly string[] {
  const lines = [headings, headings.map((_, column) => (right.has(column) ? "--:" : "---"))];
  const notes = new Map(
    suite.cases.flatMap(({ rows }) =>
      rows.flatMap(({ name, note }) => (note ? [[name, note]] : [])),
    ),
  );
  return [
    ...[...lines, ...suite.cases.flatMap(rowsOfCase)].map((row) => `| ${row.join(" | ")} |`),
    "",
    ...[...notes].map(([name, note]) => `- **${name}** ${note}.`),
  ];
}

/** How many bars there are, and how many are met. */
export function barsLine(suites: readonly SuiteResult[]): string {
  const judged = suites.flatMap(({ cases }) => cases).filter(({ isMet }) => isMet !== null);
  const met = judged.filter(({ isMet }) => isMet === true).length;
  return `${met} of ${judged.length} bars met`;
}

/** A case's rows; its name stands on the first, its bar where the figure that it is about stands. */
function rowsOfCase(result: CaseResult): readonly string[][] {
  const judged = result.rows.find(({ role }) => role === "floor") ?? result.rows[0];
  return result.rows.flatMap((row, index) => [
    [
      index === 0 ? result.name : "",
      index === 0 ? result.operations.toLocaleString("en-GB") : "",
      row.role === "subject" ? row.name : `${row.role}: ${row.name}`,
      `${figure(row.figure.median, result)} ${shortUnit(result)}`,
      range(row.figure, (value) => figure(value, result)),
      row.ratio === null ? "" : `${ratio(row.ratio.median)} (${range(row.ratio, ratio)})`,
      row === judged && result.bar !== null
        ? `${barText(result.bar, row)} ${result.isMet === true ? "met" : "MISSED"}`
        : "",
    ],
    ...(row.heap === null || row.role === "floor"
      ? []
      : [
          [
            "",
            "",
            "  of it V8's heap and buffers",
            `${figure(row.heap.median, result)} MB`,
            range(row.heap, (value) => figure(value, result)),
            "",
            "",
          ],
        ]),
  ]);
}

function barText(bar: Bar, row: Row): string {
  const unit = row.role === "subject" ? " s" : "";
  return "atLeast" in bar ? `≥ ${bar.atLeast}${unit}` : `≤ ${bar.atMost}${unit}`;
}

function shortUnit({ measures, unit }: CaseResult): string {
  return measures === "memory" ? "MB" : unit;
}

function figure(value: number, { measures }: CaseResult): string {
  if (measures === "memory") return (value / 1e6).toFixed(1);
  if (measures === "seconds") return value < 0.1 ? value.toPrecision(2) : value.toFixed(1);
  return Math.round(value).toLocaleString("en-GB");
}

function ratio(value: number): string {
  return value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2);
}

function range({ min, max }: Spread, text: (value: number) => string): string {
  return `${text(min)} – ${text(max)}`;
}
