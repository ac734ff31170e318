/** Clients and watches on a real cluster, in one trouble after another: each once, and in CI for three minutes. */

import { etcd, serverForTests } from "@engenho/testbed";
import { expect, test } from "vitest";
import { faultsTable, heapLine, roundLine } from "./report.ts";
import { runFaults } from "./run-faults.ts";

const server = await serverForTests(etcd);
const isCi = process.env["CI"] === "true";
const minutes = isCi ? 3 : 0;
const mostHeapGrowth = 20e6;

test.skipIf(server === undefined)(
  "what clients and watches are told is true in every trouble",
  { timeout: 60_000 * (minutes + 8) },
  async () => {
    if (server === undefined) return;
    const seed = Math.floor(Math.random() * 2 ** 31);
    console.log(`seed ${seed}: npm run faults -- raft --seed ${seed}`);
    const result = await runFaults({
      ...{ server, seed, minutes },
      progress: (round) => console.log(roundLine(round)),
    });
    console.log([...faultsTable(result.rounds), heapLine(result)].join("\n"));
    expect(result.rounds.flatMap(({ violations }) => violations)).toEqual([]);
    const ofCompaction = result.rounds.filter(({ fault }) => fault === "compaction under watch");
    expect(ofCompaction.every(({ resets }) => resets > 0)).toBe(true);
    const ofFullDisk = result.rounds.filter(({ fault }) => fault === "full disk");
    expect(ofFullDisk.every(({ refused }) => refused > 0)).toBe(true);
    expect(result.heapGrowth).toBeLessThan(mostHeapGrowth);
    if (result.leftOut !== undefined) console.warn(`left out: ${result.leftOut}`);
    expect(isCi ? result.leftOut : undefined).toBeUndefined();
  },
);
