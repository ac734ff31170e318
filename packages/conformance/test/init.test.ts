/** `conformance init`: what it writes and what it refuses. What becomes of it outside is in tests/packaging. */

import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import type { Driver } from "@engenho/sdk";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { toolVersions } from "../src/cli/init/project-settings.ts";
import { checkPackageName, pascalCase } from "../src/cli/init/package-name.ts";
import { runSuite } from "../src/harness/run-suite.ts";
import { isConformant } from "../src/report/report.ts";
import { requirements } from "../src/requirements/index.ts";
import scaffolded from "../templates/backend/conformance.ts";
import { createMyBackendDriver } from "../templates/backend/src/driver.ts";
import { runCommand } from "./support/run-command.ts";

let place = "";
beforeEach(() => {
  place = mkdtempSync(join(tmpdir(), "init-test-"));
});
afterEach(() => rmSync(place, { recursive: true }));

const files = [
  ".github/workflows/conformance.yml",
  ".gitignore",
  "README.md",
  "conformance.test.ts",
  "conformance.ts",
  "package.json",
  "src/driver.ts",
  "src/index.ts",
  "tsconfig.build.json",
  "tsconfig.json",
];

function filesIn(directory: string): readonly string[] {
  const entries = readdirSync(directory, { recursive: true, withFileTypes: true });
  const paths = entries
    .filter((each) => each.isFile())
    .map((each) => join(each.parentPath, each.name));
  return paths.map((path) => relative(directory, path)).toSorted();
}

describe("conformance init", () => {
  test("writes a package under its name, and says what comes next", async () => {
    const directory = join(place, "redis-streams");
    const { status, stdout, stderr } = await runCommand(["init", directory]);
    expect(stderr).toBe("");
    expect(status).toBe(0);
    expect(filesIn(directory)).toEqual(files);
    expect(stdout).toContain(`cd ${directory}`);
    for (const path of files) {
      const text = readFileSync(join(directory, path), "utf8");
      expect(text, path).not.toMatch(/my-?backend(?!\.ts)/i);
    }
    const index = readFileSync(join(directory, "src/index.ts"), "utf8");
    expect(index).toContain(
      "export async function openRedisStreams(_options: RedisStreamsOptions = {})",
    );
    expect(index).toContain('name: "redis-streams"');
  });

  test("--name gives a package in a directory of another name a scope", async () => {
    const directory = join(place, "packages/anything");
    const { status } = await runCommand(["init", directory, "--name", "@acme/redis"]);
    expect(status).toBe(0);
    const text = readFileSync(join(directory, "package.json"), "utf8");
    expect(JSON.parse(text)).toMatchObject({ name: "@acme/redis", engines: { node: ">=22.19" } });
    expect(readFileSync(join(directory, "conformance.ts"), "utf8")).toContain('name: "redis",');
  });

  test.each([
    ["a file", (directory: string) => writeFileSync(join(directory, "notes.txt"), "mine")],
    ["a hidden file", (directory: string) => writeFileSync(join(directory, ".env"), "mine")],
    ["a package.json", (directory: string) => writeFileSync(join(directory, "package.json"), "{}")],
  ])("refuses a directory with %s in it, and writes nothing", async (_, put) => {
    put(place);
    const before = filesIn(place);
    const { status, stdout, stderr } = await runCommand(["init", place, "--name", "new"]);
    expect(stdout).toBe("");
    expect(stderr).toMatch(
      /^conformance: cannot run: .* is not empty \(it has .*\): nothing was written\n$/,
    );
    expect(status).toBe(2);
    expect(filesIn(place)).toEqual(before);
  });

  test("takes a directory that is empty, or has only a new repository in it", async () => {
    mkdirSync(join(place, ".git"));
    expect((await runCommand(["init", place, "--name", "new"])).status).toBe(0);
  });

  test.each([
    [["init"], "no directory given"],
    [["init", "a", "b"], "one directory at a time: what is b?"],
    [["init", "/dev/null/x"], "/dev/null/x cannot be used: "],
    [["init", "package.json", "--name", "x"], "package.json cannot be used: "],
    [["init", "/proc/nowhere"], "/proc/nowhere cannot be written: "],
    [["init", "My-Backend"], '"My-Backend" cannot be the name of a package: it takes lowercase'],
  ])("%j is status 2, in one line", async (args, message) => {
    const { status, stdout, stderr } = await runCommand(args);
    expect(stdout).toBe("");
    expect(stderr).toContain(message);
    expect(stderr).toMatch(/^conformance: [^\n]*\n$/);
    expect(status).toBe(2);
  });
});

describe("names", () => {
  test.each(["a", "my-backend", "3d-store", "a.b_c", "@acme/redis", "x".repeat(214)])(
    "%s",
    (name) => {
      expect(checkPackageName(name)).toBe(name);
    },
  );

  test.each([
    "",
    "My",
    "a b",
    "a/b",
    "@acme",
    "@acme/a/b",
    "@/a",
    ".hidden",
    "_a",
    "fs",
    "node_modules",
    "é",
    "a\n",
    "x".repeat(215),
    "${1}",
  ])("not %j", (name) => {
    expect(() => checkPackageName(name)).toThrow(/cannot be the name of a package: /);
  });

  test.each([
    ["my-backend", "MyBackend"],
    ["@acme/redis_streams.v2", "RedisStreamsV2"],
    ["3d-store", "3dStore"],
  ])("%s becomes %s", (name, identifier) => {
    expect(pascalCase(name)).toBe(identifier);
  });
});

test("the scaffolded backend is conformant, with nothing skipped", async () => {
  const report = await runSuite([scaffolded], requirements, { seed: 1, full: false });
  expect(isConformant(report)).toBe(true);
  const skipped = report.subjects[0]?.requirements.filter(({ status }) => status !== "passed");
  expect(skipped).toEqual([]);
});

/** What a Map has no use for. */
const namedOnly = ["changes", "sync", "mintRevision", "confirm"] as const;

test("the scaffolded driver has, and explains, every method of a Driver, or names it", () => {
  // The compiler refuses this list once a Driver has a member that is not in it.
  const members: Record<Exclude<keyof Driver, (typeof namedOnly)[number]>, true> = {
    ...{ load: true, put: true, remove: true, close: true, replaceAll: true, read: true },
    ...{ maxConcurrentWrites: true, diagnostics: true },
  };
  const driver = createMyBackendDriver(new Map());
  expect(Object.keys(driver).toSorted()).toEqual(Object.keys(members).toSorted());
  const source = readFileSync(
    new URL("../templates/backend/src/driver.ts", import.meta.url),
    "utf8",
  );
  for (const member of Object.keys(members))
    expect(source).toMatch(new RegExp(`\\*/\\n    ${member}: `));
  for (const member of namedOnly) expect(source).toContain(`\`${member}\``);
});

test("its tools have the versions that this repository is tested with", () => {
  const workspace = readFileSync(new URL("../../../pnpm-workspace.yaml", import.meta.url), "utf8");
  for (const [tool, version] of Object.entries(toolVersions))
    expect(workspace).toMatch(
      new RegExp(`^  "?${tool}"?: ${version.replaceAll(".", "\\.")}$`, "m"),
    );
});
