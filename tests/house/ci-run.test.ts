/** What `.ci/run` prints last, and what it exits with, for each way a run can end. */

import { chmod, cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { expect, test } from "vitest";
import { runCommand } from "../run-command.ts";

/** The commands that it installs where they are missing. */
async function neededCommands(): Promise<readonly string[]> {
  const text = await readFile(join(import.meta.dirname, "../../.ci/run"), "utf8");
  const needs = (/needs="([^"]*)"/.exec(text)?.[1] ?? "").trim().split(/\s+/);
  expect(needs).toContain("chromium=chromium");
  return needs.map((need) => need.slice(0, need.indexOf("=")));
}

/** Runs it where `npm test` is a script that writes this result, if any, and exits with this code. */
async function runCi(result: object | undefined, code: number) {
  const directory = await mkdtemp(join(tmpdir(), "engenho-ci-"));
  try {
    await cp(join(import.meta.dirname, "../../.ci"), join(directory, ".ci"), { recursive: true });
    const write =
      result === undefined ? "" : `echo '${JSON.stringify(result)}' > reports/vitest.json`;
    const npm = `#!/bin/sh\n[ "$1 $CI" = "test true" ] || exit 9\nmkdir -p reports\n${write}\nexit ${code}\n`;
    await writeFile(join(directory, "npm"), npm);
    await chmod(join(directory, "npm"), 0o755);
    // What the tests need is there, so that nothing is installed.
    for (const command of await neededCommands()) {
      await writeFile(join(directory, command), "#!/bin/sh\n");
      await chmod(join(directory, command), 0o755);
    }
    const environment = { ...process.env, PATH: `${directory}${delimiter}${process.env["PATH"]}` };
    const run = await runCommand(join(directory, ".ci/run"), [], directory, environment);
    const lines = run.output.trimEnd().split("\n");
    return { code: run.code, lastLine: lines.at(-1), before: lines.slice(0, -1) };
  } finally {
    await rm(directory, { recursive: true });
  }
}

function counts(passed: number, failed: number, skipped: number): object {
  return {
    numPassedTests: passed,
    numFailedTests: failed,
    numPendingTests: skipped,
    numTodoTests: 0,
    success: failed === 0,
  };
}

test("all passed: 0", async () => {
  expect(await runCi(counts(12, 0, 0), 0)).toMatchObject({
    code: 0,
    lastLine: "12 passed, 0 failed, 0 skipped",
  });
});

test("a failed test: what npm test exits with", async () => {
  expect(await runCi(counts(11, 1, 0), 3)).toMatchObject({
    code: 3,
    lastLine: "11 passed, 1 failed, 0 skipped",
  });
});

test("a skipped test fails too", async () => {
  expect(await runCi(counts(11, 0, 1), 0)).toMatchObject({
    code: 1,
    lastLine: "11 passed, 0 failed, 1 skipped",
  });
});

test("what did not pass is named", async () => {
  const one = (status: string, fullName: string): object => ({ status, fullName });
  const testResults = [
    { name: "a.test.ts", assertionResults: [one("passed", "that"), one("failed", "this")] },
    { name: "b.test.ts", assertionResults: [one("pending", "other")] },
  ];
  expect(await runCi({ ...counts(1, 1, 1), testResults }, 1)).toMatchObject({
    lastLine: "1 passed, 1 failed, 1 skipped",
    before: ["failed: a.test.ts: this", "pending: b.test.ts: other"],
  });
});

test("a run that failed without a failed test counts as one", async () => {
  expect(await runCi({ ...counts(11, 0, 0), success: false }, 1)).toMatchObject({
    code: 1,
    lastLine: "11 passed, 1 failed, 0 skipped",
  });
});

test.each([0, 2])("no result at all, npm test exiting with %i, is a failure", async (code) => {
  const run = await runCi(undefined, code);
  expect(run.code).not.toBe(0);
  expect(run.lastLine).toBe("0 passed, 1 failed, 0 skipped");
});
