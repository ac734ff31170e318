/** Holds our code against the Rust implementation's, both ways, and keeps what was seen as vectors for the tests. */

import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { pinnedVersion } from "./cargo.ts";
import { makeCatalogVectors } from "./catalog-vectors.ts";
import { liveHard } from "./hard-life.ts";
import { mixedLife } from "./mixed-life.ts";
import { type Row, printTable } from "./print-table.ts";
import { RustLab } from "./rust-lab.ts";
import type { StageVectors } from "./stages.ts";
import { travel } from "./travel.ts";
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

using roots = new RustLab();
for (const [what, live] of [
  ["roots and snapshots", travel],
  ["a root shared by turns", mixedLife],
  ["hard names", liveHard],
] as const) {
  await inLab(what, roots, () => live(roots));
}
using files = new RustLab();
const catalogs = await inLab("sealed catalogs", files, () => makeCatalogVectors(files));

printTable(rows);
for (const problem of problems) console.error(problem);
if (problems.length === 0) {
  const crate = `engenho-revoada ${pinnedVersion("revoada", "engenho-revoada")}`;
  const stages: StageVectors = {
    about:
      "Written by `npm run rust-vectors`. stages: lives of our backend in roots, some of which Rust wrote (before), each of which Rust has read afterwards (after). Files by path, in hex, or brotli in base64.",
    crate,
    stages: roots.stages,
  };
  keep("packages/sdk/test/vectors/rust.json", wire.vectors);
  keep("packages/sdk/test/vectors/rust-sealed.json", catalogs);
  keep("packages/backend-fs/test/vectors/rust-roots.json", stages);
}
const verdict = problems.length === 0 ? "No difference" : `${problems.length} differences`;
console.log(`${verdict}, both ways.`);
process.exitCode = problems.length === 0 ? 0 : 1;

/** Makes a row of what is compared in a lab. */
async function inLab<T>(what: string, lab: RustLab, act: () => Promise<T>): Promise<T> {
  const before = { ...lab.compared };
  const known = lab.problems.length;
  const result = await act();
  problems.push(...lab.problems.slice(known));
  const { rustReads, weRead } = lab.compared;
  rows.push({ what, rustReads: rustReads - before.rustReads, weRead: weRead - before.weRead });
  return result;
}

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
