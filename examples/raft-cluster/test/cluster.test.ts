/** The example does what its README shows, and leaves nothing. */

import { execFile } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { etcd, serverForTests } from "@engenho/testbed";
import { describe, expect, onTestFinished, test } from "vitest";

const server = await serverForTests(etcd);
const cwd = join(import.meta.dirname, "..");

/** Runs the example with a temporary directory of its own. */
async function run(program: string) {
  const directory = mkdtempSync(join(tmpdir(), "engenho-example-"));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  const args = ["--conditions=@engenho/source", "main.ts", program];
  const env = { ...process.env, TMPDIR: directory };
  const result = await promisify(execFile)(process.execPath, args, { cwd, env }).catch(
    (error: { readonly code: number; readonly stdout: string; readonly stderr: string }) => error,
  );
  return { directory, ...result };
}

/** The command lines of all processes that name a directory. */
function processesIn(directory: string): readonly string[] {
  const pids = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  return pids.map(commandLine).filter((command) => command.includes(directory));
}

function commandLine(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "latin1");
  } catch {
    return ""; // Gone meanwhile.
  }
}

describe("the cluster of three", { timeout: 120_000 }, () => {
  test.skipIf(server === undefined)("goes on without one, and leaves nothing", async () => {
    const { stdout, stderr, directory } = await run(server?.path ?? "");
    const readme = readFileSync(join(cwd, "README.md"), "utf8");
    const [, shown] = /^```text\n(.+?)^```$/ms.exec(readme) ?? [];
    expect(stdout, stderr).toBe(shown);
    expect(readdirSync(directory)).toEqual([]);
    expect(processesIn(directory)).toEqual([]);
  });

  test("says how to get an etcd where there is none, and leaves nothing", async () => {
    const { directory, ...failure } = await run("/no/such/etcd");
    expect(failure).toMatchObject({ code: 1, stdout: "" });
    expect(failure.stderr).toContain("https://etcd.io/docs/latest/install/");
    expect(readdirSync(directory)).toEqual([]);
    expect(processesIn(directory)).toEqual([]);
  });
});
