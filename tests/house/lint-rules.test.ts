/** The linter's configuration catches what the house relies on it for. */

import { copyFile, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import { runCommand } from "../run-command.ts";

type Files = Readonly<Record<string, string>>;

/** Lints these files with the repository's configuration, in a directory of their own. */
async function lint(files: Files): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), "engenho-lint-"));
  try {
    const configuration = join(import.meta.dirname, "../../.oxlintrc.json");
    await copyFile(configuration, join(directory, ".oxlintrc.json"));
    await writeFile(join(directory, "tsconfig.json"), "{}");
    for (const [path, text] of Object.entries(files)) {
      await mkdir(dirname(join(directory, path)), { recursive: true });
      await writeFile(join(directory, path), text);
    }
    return (await runCommand("oxlint", ["--deny-warnings", "--format=unix"], directory)).output;
  } finally {
    await rm(directory, { recursive: true });
  }
}

const SDK_FILE = "packages/sdk/src/backend/x.ts";

describe("caught", () => {
  test.each<[string, Files]>([
    ["no-restricted-globals", { [SDK_FILE]: "export const a: unknown = Buffer.from([]);" }],
    ["no-restricted-globals", { [SDK_FILE]: "export const a: unknown = process.env;" }],
    [
      "no-restricted-globals",
      { "packages/conformance/src/requirements/x.ts": "export const a: unknown = process.env;" },
    ],
    [
      "no-cycle",
      {
        "packages/sdk/src/codec/a.ts":
          'import { b } from "./b.ts";\nexport const a = (): number => b();',
        "packages/sdk/src/codec/b.ts":
          'import { a } from "./a.ts";\nexport const b = (): number => a();',
      },
    ],
    ["no-floating-promises", { "tools/x.ts": "export function a(): void { Promise.resolve(1); }" }],
    ["no-explicit-any", { "tools/x.ts": "export const a = (b: any): unknown => b;" }],
    ["no-default-export", { [SDK_FILE]: "export default 1;" }],
  ])("%s: %j", async (rule, files) => {
    expect(await lint(files)).toContain(`${rule})`);
  });
});

test("a file without fault passes", async () => {
  expect(
    await lint({ "packages/backend-fs/src/x.ts": "export const a: unknown = process.env;" }),
  ).toBe("");
});
