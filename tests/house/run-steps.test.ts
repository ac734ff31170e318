/** How the task runner treats steps that pass, fail or are interrupted. */

import { spawn } from "node:child_process";
import { once } from "node:events";
import { expect, test } from "vitest";
import { runCommand } from "../run-command.ts";

const runner = new URL("../../tools/run/run-steps.mjs", import.meta.url);

/** A program that runs these stages, as tools/run.mjs does. */
function program(stages: readonly (readonly object[])[]): readonly string[] {
  const code = `import { runSteps } from ${JSON.stringify(runner.href)};
    process.exitCode = await runSteps(${JSON.stringify(stages)});`;
  return ["--input-type=module", "--eval", code];
}

function step(name: string, code: string, live = false): object {
  return { name, command: [process.execPath, "--eval", code], live };
}

const run = (stages: readonly (readonly object[])[]) =>
  runCommand(process.execPath, program(stages), import.meta.dirname);

test("every step is named with its time; quiet steps that pass show no output", async () => {
  const { code, output } = await run([
    [step("one", "console.log('from one')"), step("two", "console.log('from two')")],
    [step("three", "console.log('from three')", true)],
  ]);
  expect(code).toBe(0);
  for (const name of ["one", "two", "three"]) {
    expect(output).toMatch(new RegExp(`✓ ${name} \\(\\d+\\.\\d s\\)`));
  }
  expect(output).not.toMatch(/from one|from two/);
  expect(output).toContain("from three");
});

test("after a step that has the last word nothing follows, unless it fails", async () => {
  const last = (code: string) => run([[{ ...step("last", code, true), hasLastWord: true }]]);
  expect((await last("console.log('the verdict')")).output).toMatch(/the verdict\n$/);
  expect((await last("process.exit(3)")).output).toContain("✗ last");
});

test("the first failure shows its output, gives its exit code and ends the task", async () => {
  const forever = step("slow", "setInterval(() => {}, 1000)");
  const { code, output } = await run([
    [forever, step("bad", "console.error('why'); process.exit(7)"), step("next", "")],
    [step("later", "")],
  ]);
  expect(code).toBe(7);
  expect(output).toContain("why");
  expect(output).toContain("✗ bad");
  expect(output).not.toMatch(/slow \(|next|later/);
});

test("a program that is not there fails its step", async () => {
  const { code, output } = await run([[{ name: "none", command: ["no-such-program"] }]]);
  expect(code).not.toBe(0);
  expect(output).toContain("no-such-program");
});

test.each([
  { signal: "SIGINT", code: 130 },
  { signal: "SIGTERM", code: 143 },
] as const)("$signal ends the children and gives $code", async ({ signal, code }) => {
  const child = spawn(
    process.execPath,
    program([[step("child", "console.log(process.pid); setInterval(() => {}, 1000)", true)]]),
  );
  const closed = once(child, "close");
  const pid = await new Promise<number>((resolve) => {
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      const line = /^\d+$/m.exec(text)?.[0];
      if (line !== undefined) resolve(Number(line));
    });
  });
  child.kill(signal);
  expect(await closed).toEqual([code, null]);
  expect(() => process.kill(pid, 0)).toThrow("ESRCH");
});
