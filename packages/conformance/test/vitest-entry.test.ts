import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, test } from "vitest";

/** What this test reads of vitest's JSON report. */
interface VitestReport {
  readonly testResults: readonly {
    readonly assertionResults: readonly {
      readonly ancestorTitles: readonly string[];
      readonly title: string;
      readonly status: string;
      readonly failureMessages: readonly string[];
    }[];
  }[];
}

const packageDirectory = fileURLToPath(new URL("..", import.meta.url));
const vitest = join(
  dirname(fileURLToPath(import.meta.resolve("vitest/package.json"))),
  "vitest.mjs",
);

/** Runs vitest over the fixture; resolves to what it prints. */
function runVitest(reportPath: string): Promise<string> {
  const args = [
    ...[vitest, "run", "--root", packageDirectory],
    ...["--config", "test/fixtures/vitest-entry/vitest.config.ts"],
    ...["--reporter=verbose", "--reporter=json", `--outputFile.json=${reportPath}`],
  ];
  const env = { ...process.env, NO_COLOR: "1" };
  return new Promise((resolve) => {
    // It is meant to fail: what it says is looked at below.
    execFile(process.execPath, args, { env }, (_error, stdout, stderr) => resolve(stdout + stderr));
  });
}

describe("the suite under vitest", () => {
  let output = "";
  let results: VitestReport["testResults"][number]["assertionResults"] = [];
  const resultOf = (id: string) => results.find(({ title }) => title.split(" ")[0] === id);

  beforeAll(async () => {
    const directory = await mkdtemp(join(tmpdir(), "vitest-entry-"));
    const path = join(directory, "report.json");
    output = await runVitest(path);
    const report = JSON.parse(await readFile(path, "utf8")) as VitestReport;
    await rm(directory, { recursive: true });
    results = report.testResults.flatMap(({ assertionResults }) => assertionResults);
  });

  test("has one test for each requirement that applies, by profile", () => {
    const names = results.map(({ ancestorTitles, title }) =>
      [...ancestorTitles, title].join(" > "),
    );
    expect(names.toSorted()).toEqual([
      ...["T-1", "T-10", "T-2", "T-4", "T-5", "T-6", "T-7"].map(
        (id) => `fake > core > ${id} MUST title of ${id}`,
      ),
      "fake > knownFailures",
      "fake > watch > T-3 MUST title of T-3",
    ]);
  });

  test.each([
    ["T-1", "passed"],
    ["T-2", "failed"],
    ["T-3", "skipped"],
    ["T-4", "skipped"],
    ["T-5", "failed"],
    ["T-6", "failed"],
    ["T-7", "failed"],
    ["T-10", "skipped"],
    ["knownFailures", "failed"],
  ])("%s is %s", (id, status) => {
    expect(resultOf(id)?.status).toBe(status);
  });

  test.each([
    ["T-2", "falls short (seed 7)"],
    ["T-5", "passes although listed in knownFailures: remove it"],
    ["T-6", "nobody caught: dropped"],
    ["T-7", "timed out after 200 ms"],
    ["knownFailures", "knownFailures lists T-9, which is no requirement: remove it"],
  ])("%s says: %s", (id, message) => {
    expect(resultOf(id)?.failureMessages.join("\n")).toContain(message);
  });

  test("gives skips their reasons, and leaves nothing for vitest to find unhandled", () => {
    expect(output).toContain("cannot be seen from here");
    expect(output).toContain("known failure: the author knows");
    expect(output).toContain("decides nothing yet, but failed: not yet");
    expect(output).not.toMatch(/Unhandled (?:Errors|Rejection)/);
  });
});
