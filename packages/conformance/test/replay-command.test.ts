import { join } from "node:path";
import { expect, test } from "vitest";
import { runSuite } from "../src/harness/run-suite.ts";
import { asCommanded, replayCommand } from "../src/report/replay-command.ts";
import { fakeSubject, requirement } from "./support/fake-backend.ts";

const suite = [requirement("T-1", () => {})];
const subjects = [fakeSubject({ name: "a" }), fakeSubject({ name: "b" })];

async function commanded(modules: readonly string[], full = false) {
  return asCommanded(
    await runSuite(subjects, suite, { seed: 7, full }),
    "npx conformance",
    modules,
  );
}

test("one command for as many subjects as are asked about", async () => {
  const report = await commanded(["./a.ts", "./it's b.ts"]);
  expect(replayCommand(report, report.subjects, "T-1")).toBe(
    `npx conformance ./a.ts './it'\\''s b.ts' --filter T-1 --seed 7`,
  );
  expect(replayCommand(report, report.subjects.slice(0, 1), "T-1")).toBe(
    "npx conformance ./a.ts --filter T-1 --seed 7",
  );
});

test("a run at full size is repeated at full size: a smaller one may not come as far", async () => {
  const report = await commanded(["a.ts", "b.ts"], true);
  expect(replayCommand(report, report.subjects, "T-1")).toMatch(/^CI=true npx conformance a\.ts /);
});

test("a path below the working directory is told from there", async () => {
  const report = await commanded([join(process.cwd(), "deep/a.ts"), "../b.ts"]);
  expect(report.subjects.map(({ module }) => module)).toEqual(["deep/a.ts", "../b.ts"]);
});

test("a report that no command made has none", async () => {
  const report = await runSuite(subjects, suite, { seed: 7 });
  expect(replayCommand(report, report.subjects, "T-1")).toBeUndefined();
});
