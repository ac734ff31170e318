/** Prints operations so that one sees who did what, what came back, and what went on at the same time. */

import { byCall, type Operation, type OperationInput, type OperationResult } from "./operation.ts";

const longestText = 32;

/**
 * A line for each operation, by their calls: the client, a bar from its call to its return (open where the
 * outcome is unknown; what stands above or below a bar went on at the same time), the call, the result.
 *
 * @example
 * client 0  ├──┤          apply "1"                      → created r1
 * client 1     ├──┤       apply "2" ifRevision r1        → replaced r2
 * client 0           ├──┤ get                            → found "1" r1
 */
export function showHistory(operations: readonly Operation[]): readonly string[] {
  const sorted = operations.toSorted(byCall);
  // Calls before returns of the same moment: they are at the same time.
  const moments = sorted
    .flatMap((each) => [
      { at: each.call, order: 0 },
      { at: each.return, order: 1 },
    ])
    .filter(({ at }) => at !== Infinity)
    .sort((a, b) => a.at - b.at || a.order - b.order);
  const columnOf = (at: number, order: number): number =>
    at === Infinity
      ? moments.length
      : moments.findIndex((each) => each.at === at && each.order === order);
  const bars = sorted.map((each) => {
    const [start, end] = [columnOf(each.call, 0), columnOf(each.return, 1)];
    const isOpen = each.return === Infinity;
    return `${" ".repeat(2 * start)}├${"─".repeat(2 * (end - start) - 1)}${isOpen ? "┄" : "┤"}`;
  });
  const rows = sorted.map(({ client, input, result }, index) => [
    `client ${client}`,
    bars[index] ?? "",
    showInput(input),
    `→ ${showResult(result)}`,
  ]);
  const widths = [0, 1, 2].map((column) => widest(rows.map((row) => row[column] ?? "")));
  return rows.map((row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  "));
}

/** The same on one line, without what went on at the same time. */
export function showBriefly(operations: readonly Operation[]): string {
  return operations
    .toSorted(byCall)
    .map(
      ({ client, input, result }) => `client ${client} ${showInput(input)} → ${showResult(result)}`,
    )
    .join(", ");
}

function showInput(input: OperationInput): string {
  const condition =
    input.verb === "get" || input.ifRevision === undefined
      ? ""
      : ` ifRevision ${showText(input.ifRevision)}`;
  return `${input.verb}${input.verb === "apply" ? ` ${showText(JSON.stringify(input.body))}` : ""}${condition}`;
}

function showResult(result: OperationResult): string {
  const body = result.type === "found" ? ` ${showText(JSON.stringify(result.body))}` : "";
  const revision =
    "revision" in result && result.revision !== undefined ? ` ${showText(result.revision)}` : "";
  return `${result.type}${body}${revision}`;
}

function showText(text: string): string {
  return text.length > longestText ? `${text.slice(0, longestText - 1)}…` : text;
}

function widest(texts: readonly string[]): number {
  return Math.max(0, ...texts.map(({ length }) => length));
}
