/** `npm run fuzz`: its table, its last line, and what it exits with. */

import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";

const main = fileURLToPath(new URL("cli/main.ts", import.meta.url));
const fuzz = (args: readonly string[]): Promise<{ stdout: string }> =>
  promisify(execFile)(process.execPath, ["--conditions=@engenho/source", main, ...args]);

test("a run of one family", { timeout: 120_000 }, async () => {
  const { stdout } = await fuzz(["--family", "json", "--inputs", "100", "--seed", "5"]);
  const lines = stdout.trim().split("\n");
  expect(lines[0]).toBe("seed 5");
  expect(stdout).toMatch(/^family +inputs +accepted +well-formed +refused\njson +100 /m);
  expect(lines.at(-1)).toBe("crashes 0, untyped errors 0, slow families 0");
});

test("a family that there is not", { timeout: 120_000 }, async () => {
  await expect(fuzz(["--family", "toml"])).rejects.toMatchObject({ code: 1 });
});
