/**
 * `npm run faults -- raft`: a store on a cluster of three in one trouble after another, and the judgement of what its clients
 * and watches were told.
 *
 *     npm run faults -- raft --minutes 10
 *     npm run faults -- raft --seed 42 --only "leader"
 */

import { parseArgs } from "node:util";
import { etcd, findServer } from "@engenho/testbed";
import { faultsTable, heapLine, roundLine } from "../report.ts";
import { runFaults } from "../run-faults.ts";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    minutes: { type: "string", default: "1" },
    seed: { type: "string", default: String(Math.floor(Math.random() * 2 ** 31)) },
    only: { type: "string" },
  },
});
const [minutes, seed] = [Number(values.minutes), Number(values.seed)];
if (positionals.some((name) => name !== "raft")) {
  console.error("There are faults for: raft.");
  process.exitCode = 2;
} else if (!(minutes >= 0) || !Number.isSafeInteger(seed)) {
  console.error("--minutes is a number, --seed an integer.");
  process.exitCode = 2;
} else await run();

async function run(): Promise<void> {
  const { only } = values;
  console.log(`seed ${seed}`);
  const result = await runFaults({
    ...{ server: await findServer(etcd), seed, minutes, only },
    progress: (round) => console.log(roundLine(round)),
  });
  for (const line of ["", ...faultsTable(result.rounds), "", heapLine(result)]) console.log(line);
  if (result.leftOut !== undefined) console.log(`left out: ${result.leftOut}`);
  for (const [index, { fault, violations }] of result.rounds.entries()) {
    if (violations.length === 0) continue;
    const again = `again: npm run faults -- raft --seed ${seed + index} --only "${fault}"`;
    for (const line of ["", `${fault}:`, ...violations, again]) console.error(line);
    process.exitCode = 1;
  }
}
