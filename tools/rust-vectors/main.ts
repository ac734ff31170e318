/** Holds our code against the Rust implementation's, both ways, and keeps what was seen as vectors for the tests. */

import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { type Row, printTable } from "./print-table.ts";
import { makeWireVectors } from "./wire-vectors.ts";

const problems: string[] = [];
const rows: Row[] = [];

const wire = makeWireVectors();
problems.push(...wire.problems);
for (const [what, cases] of [
  ["envelopes", wire.vectors.envelopes],
  ["snapshots", wire.vectors.snapshots],
] as const) {
  const theirs = cases.reduce((sum, { rust }) => sum + Object.keys(rust).length, 0);
  rows.push({ what, rustReads: cases.length, weRead: theirs });
}
if (wire.problems.length === 0) keep("packages/sdk/test/vectors/rust.json", wire.vectors);

printTable(rows);
for (const problem of problems) console.error(problem);
const verdict = problems.length === 0 ? "No difference" : `${problems.length} differences`;
console.log(`${verdict}, both ways.`);
process.exitCode = problems.length === 0 ? 0 : 1;

/** Writes a file of vectors, an entry of a list on a line of its own so that changes can be read. */
function keep(path: string, vectors: object): void {
  const members = Object.entries(vectors).map(([key, value]: [string, unknown]) => {
    if (!Array.isArray(value)) return `${JSON.stringify(key)}: ${JSON.stringify(value)}`;
    const lines = value.map((item) => `\n    ${JSON.stringify(item)}`);
    return `${JSON.stringify(key)}: [${lines.join(",")}\n  ]`;
  });
  const file = fileURLToPath(new URL(`../../${path}`, import.meta.url));
  writeFileSync(file, `{\n  ${members.join(",\n  ")}\n}\n`);
}
