/** The bench itself: every suite runs and gives every figure, and what is reported is what was measured. */

import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { etcd } from "@engenho/testbed";
import { expect, onTestFinished, test, vi } from "vitest";
import type { BenchCase, Contestant } from "../src/bench-case.ts";
import { loadSuite, suiteNames } from "../src/load-suites.ts";
import { currentMachine } from "../src/machine.ts";
import { manifest, manifestBytes } from "../src/manifests.ts";
import type { BenchReport } from "../src/results.ts";
import { runCase } from "../src/run-case.ts";
import { type Spread, spreadOf } from "../src/statistics.ts";
import { withResults } from "../src/write-benchmarks.ts";

/** Runs the command in a directory of its own, which gets the report. */
async function bench(...args: readonly string[]) {
  const directory = mkdtempSync(join(tmpdir(), "engenho-bench-"));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  const main = join(import.meta.dirname, "../src/main.ts");
  const options = ["--expose-gc", "--conditions=@engenho/source", main, ...args];
  const { stdout } = await promisify(execFile)(process.execPath, options, { cwd: directory });
  const report = readFileSync(join(directory, "reports/bench.json"), "utf8");
  return { stdout, report: JSON.parse(report) as BenchReport };
}

test.each([
  [["--write", "--only", "get"], "--write takes the place of a suite's results"],
  [["--write", "--small"], "--write takes the place of a suite's results"],
  [["--tiny", "--only", "no such case"], 'No case has "no such case" in its name.'],
  [["nonsense"], 'There is no suite "nonsense".'],
])("%j runs nothing and says why", async (args, why) => {
  const refusal: unknown = await bench(...args).catch((error: unknown) => error);
  expect(refusal).toMatchObject({ code: 2, stderr: expect.stringContaining(why) });
});

/** A suite without the server that it needs has said so, and has no cases. */
const suites = (await Promise.all(suiteNames().map(loadSuite))).filter(
  (one) => one.cases.length > 0,
);

test.each(suites)("$name runs whole and gives every figure", async ({ name, cases }) => {
  const { stdout, report } = await bench(name, "--tiny");
  const results = report.suites[0]?.cases ?? [];
  expect(results.map((result) => result.name)).toEqual(cases.map((each) => each.name));
  for (const [index, result] of results.entries()) {
    const { subject, floor, peers = [], bar } = cases[index] as BenchCase;
    const contestants = [subject, ...(floor === undefined ? [] : [floor]), ...peers];
    expect(result.rows.map((row) => row.name)).toEqual(contestants.map((one) => one.name));
    expect(result.isMet === null, result.name).toBe(bar === undefined);
    for (const { name: who } of result.rows) expect(stdout).toContain(who);
    const incomplete = result.rows.filter(({ figure, ratio }) =>
      // So little memory may not show, and then there is no ratio to it.
      result.measures === "memory"
        ? typeof figure.median !== "number"
        : !isComplete(figure) || !isComplete(ratio ?? figure),
    );
    expect(incomplete, result.name).toEqual([]);
  }
});

test("a suite without the server that it needs says so, and is left out", async () => {
  vi.stubEnv(etcd.variable, "/no/such/etcd");
  vi.stubEnv("CI", "");
  onTestFinished(() => void vi.unstubAllEnvs());
  const refusal: unknown = await bench("raft", "--tiny").catch((error: unknown) => error);
  expect(refusal).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/SKIPPED what needs etcd.*\nThere is nothing to measure: raft/),
  });
});

function isComplete({ min, median, max }: Spread): boolean {
  return 0 < min && min <= median && median <= max && max < Infinity;
}

test("a suite that is not there is refused", async () => {
  await expect(bench("no-such-suite")).rejects.toMatchObject({ code: 2 });
});

const ten = { full: 10, small: 10, tiny: 10 };

test("contestants take turns, in an order that changes, after rounds that do not count", async () => {
  const turns: string[] = [];
  const noting = (name: string): Contestant => ({
    name,
    open: () => ({ before: (round) => turns.push(`${name}${round}`), run: () => {} }),
  });
  const [subject, floor] = [noting("a"), noting("b")];
  await runCase("none", { name: "x", measures: "rate", operations: ten, subject, floor }, "tiny");
  const warmUp = "a-2 b-2 a-1 b-1";
  expect(turns.join(" ")).toBe(`${warmUp} a0 b0 b1 a1 a2 b2 b3 a3 a4 b4`);
});

test("a ratio compares rates with the floor, and the bar judges it", async () => {
  let clock = 0;
  const now = vi.spyOn(performance, "now").mockImplementation(() => clock);
  onTestFinished(() => now.mockRestore());
  const lasting = (name: string, milliseconds: number): Contestant => ({
    name,
    open: () => ({ run: () => void (clock += milliseconds) }),
  });
  const [subject, floor] = [lasting("slow", 40), lasting("fast", 4)];
  const measured: BenchCase = { name: "x", measures: "rate", operations: ten, subject, floor };
  const missed = await runCase("none", { ...measured, bar: { atLeast: 0.2 } }, "tiny");
  expect(missed.isMet).toBe(false);
  expect(missed.rows.map(({ figure, ratio }) => [figure.median, ratio?.median])).toEqual([
    [250, undefined],
    [2_500, 0.1],
  ]);
  const met = await runCase("none", { ...measured, bar: { atMost: 0.2 } }, "tiny");
  expect(met.isMet).toBe(true);
});

test("a contestant that fails fails the case, and everybody is closed", async () => {
  let closed = 0;
  const good: Contestant = { name: "good", open: () => ({ run: () => {}, close: () => closed++ }) };
  const bad: Contestant = {
    name: "bad",
    open: () => ({ run: () => Promise.reject(new Error("broke")), close: () => closed++ }),
  };
  const broken: BenchCase = {
    name: "x",
    measures: "rate",
    operations: ten,
    subject: good,
    floor: bad,
  };
  await expect(runCase("none", broken, "tiny")).rejects.toThrow("broke");
  expect(closed).toBe(2);
});

test("a spread is the middle and the ends", () => {
  expect(spreadOf([5, 1, 3])).toEqual({ median: 3, min: 1, max: 5 });
  expect(spreadOf([4, 1, 2, 3])).toEqual({ median: 2.5, min: 1, max: 4 });
});

test("manifests have 1 KB each and no two are alike", () => {
  const texts = new Set<string>();
  for (let number = 0; number < 3_000; number++) {
    const { bytes, text } = manifest(number);
    expect(bytes.length).toBe(manifestBytes);
    texts.add(text);
  }
  expect(texts.size).toBe(3_000);
});

test("results go between the marks of their suite in BENCHMARKS.md, whatever stands there", () => {
  const document = readFileSync(join(import.meta.dirname, "../../BENCHMARKS.md"), "utf8");
  const report: BenchReport = {
    schema: "engenho.bench/v1",
    date: "2001-02-03T04:05:06.000Z",
    size: "full",
    command: "npm run bench --",
    machine: currentMachine(),
    suites: suiteNames().map((name) => ({ name, cases: [] })),
  };
  const written = withResults(document, report);
  expect(written.split("2001-02-03").length - 1).toBe(report.suites.length);
  const one = { ...report, suites: report.suites.slice(0, 1) };
  expect(withResults(document, one).split("2001-02-03")).toHaveLength(2);
  expect(withResults(written, report)).toBe(written);
  expect(() => withResults("no marks", one)).toThrow("no place");
});
