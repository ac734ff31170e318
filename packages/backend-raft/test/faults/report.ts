/** A run of faults as a table, and what it comes to. */

import type { RoundResult } from "./judge-round.ts";
import type { FaultsResult } from "./run-faults.ts";

/** A line for each fault, and one for all. */
export function faultsTable(rounds: readonly RoundResult[]): readonly string[] {
  const names = [...new Set(rounds.map(({ fault }) => fault))];
  const head = [
    "fault",
    "times",
    "operations",
    "unknown",
    "refused",
    "events",
    "resets",
    "verdict",
  ];
  const rows = [
    head,
    ...names.map((name) =>
      rowOf(
        name,
        rounds.filter(({ fault }) => fault === name),
      ),
    ),
    rowOf("all", rounds),
  ];
  const widths = head.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const isText = (column: number): boolean => column === 0 || column === head.length - 1;
  return rows.map((row) =>
    row
      .map((cell, column) =>
        isText(column) ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0),
      )
      .join("  ")
      .trimEnd(),
  );
}

/** One round in a line. */
export function roundLine(round: RoundResult): string {
  const { fault, operations, unknown, refused, events, resets } = round;
  const counts = `${text(operations)} operations (${unknown} unknown, ${refused} refused), ${text(events)} events, ${resets} resets`;
  return `${fault}: ${counts}: ${verdictOf([round])}`;
}

/** How much the heap has grown. */
export function heapLine({ heapGrowth }: FaultsResult): string {
  return `heap after collection: ${(heapGrowth / 1e6).toFixed(1)} MB more than after each fault once`;
}

function rowOf(name: string, rounds: readonly RoundResult[]): readonly string[] {
  const sum = (count: (round: RoundResult) => number): string =>
    text(rounds.reduce((all, round) => all + count(round), 0));
  return [
    name,
    text(rounds.length),
    sum(({ operations }) => operations),
    sum(({ unknown }) => unknown),
    sum(({ refused }) => refused),
    sum(({ events }) => events),
    sum(({ resets }) => resets),
    verdictOf(rounds),
  ];
}

function verdictOf(rounds: readonly RoundResult[]): string {
  return rounds.every(({ violations }) => violations.length === 0) ? "ok" : "VIOLATED";
}

function text(count: number): string {
  return count.toLocaleString("en-GB");
}
