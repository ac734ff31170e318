/** Prints what was held against each other, aligned. */

/** One line: how many were read by whom. */
export interface Row {
  readonly what: string;
  readonly rustReads: number;
  readonly weRead: number;
}

/** Prints the rows under their heads. */
export function printTable(rows: readonly Row[]): void {
  const cells = [
    ["what", "ours, read by Rust", "Rust's, read by us"],
    ...rows.map(({ what, rustReads, weRead }) => [what, String(rustReads), String(weRead)]),
  ];
  const widths = [0, 1, 2].map((column) =>
    Math.max(...cells.map((line) => line[column]?.length ?? 0)),
  );
  for (const [what = "", ...numbers] of cells) {
    const aligned = numbers.map((text, index) => text.padStart(widths[index + 1] ?? 0));
    console.log([what.padEnd(widths[0] ?? 0), ...aligned].join("  "));
  }
}
