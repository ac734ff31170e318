import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { spawnSync } from "node:child_process";
import { tmpdir } from "node:os";
import { fileURLToPath } from "node:url";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, onTestFinished } from "vitest";
import manifest from "../package.json" with { type: "json" };
import { requirements } from "../src/requirements/index.ts";
import { runCommand } from "./support/run-command.ts";

const firstId = requirements[0]?.id ?? "";

describe("exit status 2: the suite cannot run", () => {
  test.each([
    [
      "a path that is not there",
      ["test/fixtures/missing.ts"],
      "test/fixtures/missing.ts: there is no such file",
    ],
    ["a directory", ["test/fixtures"], /test\/fixtures: is a directory, not a module/],
    [
      "a backend that ends the process",
      ["test/fixtures/exits.ts"],
      /the subject has ended the process \(process\.exit\)/,
    ],
    [
      "a module that is never done loading",
      ["test/fixtures/never-loads.ts"],
      /the subject awaits what never comes/,
    ],
    [
      "a report where nothing can be made",
      ["subjects/in-memory.ts", "--report", "/proc/nowhere/reports"],
      /the report cannot be written: /,
    ],
    ["a module without a default export", ["test/fixtures/no-default.ts"], "has no default export"],
    [
      "a default export that is no subject",
      ["test/fixtures/no-open.ts"],
      "the subject has no open()",
    ],
    [
      "a subject with a hook that there is not",
      ["test/fixtures/misspelt.ts"],
      'a subject has no "reOpen"; it may have name, open, reopen, crash, cutPower, fail, outside, steps, damage, module, samples, knownFailures',
    ],
    [
      "a module that throws",
      ["test/fixtures/throws.ts"],
      "cannot be imported: broken on import (--verbose shows where)",
    ],
    [
      "a subject that does not open",
      ["test/fixtures/open-rejects.ts"],
      "open-rejects: open() failed: no disk",
    ],
    [
      "a filter that leaves nothing",
      ["test/fixtures/falls-short.ts", "--filter", "no such requirement"],
      "no requirement",
    ],
    [
      "the same subject twice",
      Array(2).fill("test/fixtures/falls-short.ts"),
      /two subjects have the same name, "falls-short" \((\S+falls-short\.ts) and \1\): give one of them another name/,
    ],
    ["JSON for a subject", ["package.json"], "package.json: is JSON, not a subject module"],
    ["a mistyped subcommand", ["lst"], "lst: there is no such file; did you mean `list`?"],
    [
      "a format that there is not, and no place",
      ["x.ts", "--format", "pdf"],
      "--format pdf is none of html, markdown, junit, json, badge",
    ],
    ["no subject", [], "no subject given"],
    ["an unknown option", ["--nope"], "Unknown option '--nope'"],
    [
      "an unknown profile",
      ["x.ts", "--profile", "nope"],
      "--profile nope is none of core, watch, snapshot",
    ],
    [
      "a format that there is not",
      ["x.ts", "--report", "reports", "--format", "pdf"],
      "--format pdf is none of html, markdown, junit, json, badge",
    ],
    [
      "a format without a place",
      ["x.ts", "--format", "html"],
      "--format says how a report is written, and --report DIR where: give both",
    ],
    ["a seed that is no integer", ["x.ts", "--seed", "1.5"], "--seed 1.5 is no integer"],
    [
      "a time limit that is no number",
      ["x.ts", "--timeout", "soon"],
      "--timeout soon is no number of seconds",
    ],
  ])("%s, in one line", async (_, args, message) => {
    const { status, stderr } = await runCommand(args);
    expect(stderr).toMatch(message);
    expect(stderr).toMatch(/^conformance: [^\n]*\n$/);
    expect(status).toBe(2);
  });

  test("--verbose adds the stack", async () => {
    const { stderr } = await runCommand(["test/fixtures/throws.ts", "--verbose"]);
    expect(stderr).toContain("and more below");
    expect(stderr).toMatch(/throws\.ts:1:/);
  });
});

describe("exit status 1: not conformant", () => {
  test("each failure is one line with how to repeat it, and the table counts it", async () => {
    const args = [
      "test/fixtures/falls-short.ts",
      "--profile",
      "core",
      "--seed",
      "7",
      "--timeout",
      "2",
    ];
    const { status, stdout, stderr } = await runCommand(args);
    expect(stderr).toBe("");
    expect(status).toBe(1);
    expect(stdout).toMatch(
      /^ +node \S+ src\/cli\/bin\.ts test\/fixtures\/falls-short\.ts --filter \S+ --seed 7$/m,
    );
    expect(stdout).toMatch(/^ +why, and where to look: node \S+ src\/cli\/bin\.ts explain CORE-/m);
    expect(stdout).toMatch(/^falls-short +core +not-conformant +\d+ +[1-9]\d* +\d+ +\d+$/m);
    expect(stdout.trimEnd().split("\n").at(-1)).toBe(
      "Not conformant in what was selected: falls-short.",
    );
  });

  test("an error that nobody caught is a failure, not a crash", async () => {
    const { status, stdout } = await runCommand([
      "test/fixtures/drops-errors.ts",
      "--filter",
      firstId,
    ]);
    expect(stdout).toContain("nobody caught: dropped by open");
    expect(status).toBe(1);
  });
});

describe("exit status 0: conformant", () => {
  test("the in-memory backend, with a table and a verdict", async () => {
    const { status, stdout, stderr } = await runCommand(["subjects/in-memory.ts"]);
    expect(stderr).toBe("");
    expect(stdout).toMatch(/^subject +profile +result +passed +failed +skipped +not applicable$/m);
    expect(stdout).toMatch(/^in-memory +core +conformant +\d+ +0 +0 +\d+$/m);
    expect(stdout.trimEnd().split("\n").at(-1)).toBe("Conformant: in-memory.");
    expect(status).toBe(0);
  });

  test("there is no colour and no cursor movement in a pipe", async () => {
    const { stdout } = await runCommand(["subjects/in-memory.ts", "--filter", firstId]);
    expect(stdout).not.toContain("\u001b");
    expect(stdout).not.toContain("\r");
  });
});

describe("--report", () => {
  let directory = "";
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), "command-test-"));
  });
  afterEach(() => rm(directory, { recursive: true, force: true }));

  test("writes every format and nothing beside them, and says where the page is", async () => {
    const reports = join(directory, "new", "reports");
    const args = ["subjects/in-memory.ts", "--filter", firstId, "--seed", "7", "--report", reports];
    const { stdout } = await runCommand(args);
    expect(stdout.trimEnd().endsWith(`Report: ${join(reports, "conformance.html")}`)).toBe(true);
    expect((await readdir(reports)).toSorted()).toEqual([
      "badge.json",
      "badge.svg",
      "conformance.html",
      "conformance.json",
      "conformance.md",
      "conformance.xml",
    ]);
    const json = await readFile(join(reports, "conformance.json"), "utf8");
    expect(JSON.parse(json)).toMatchObject({
      schema: "engenho.conformance/v1",
      kit: { version: manifest.version },
      seed: 7,
      command: expect.stringMatching(/src\/cli\/bin\.ts$/),
      selection: { profiles: null, filter: firstId },
      requirements: [{ id: firstId }],
      subjects: [
        {
          name: "in-memory",
          module: "subjects/in-memory.ts",
          requirements: [{ id: firstId, status: "passed" }],
        },
      ],
    });
  });

  test("--format narrows it", async () => {
    const args = ["subjects/in-memory.ts", "--filter", firstId, "--report", directory];
    const { stdout } = await runCommand([...args, "--format", "json", "--format", "junit"]);
    expect((await readdir(directory)).toSorted()).toEqual(["conformance.json", "conformance.xml"]);
    expect(stdout.trimEnd().endsWith(`Report: ${join(directory, "conformance.xml")}`)).toBe(true);
  });

  test("that cannot be written is status 2, before anything runs", async () => {
    const args = ["subjects/in-memory.ts", "--filter", firstId, "--report", "package.json"];
    const { status, stdout, stderr } = await runCommand(args);
    expect(stdout).toBe("");
    expect(stderr).toMatch(/^conformance: cannot run: the report cannot be written: [^\n]*\n$/);
    expect(status).toBe(2);
  });

  test("leaves no directory of a store behind", async () => {
    await runCommand(["subjects/in-memory.ts", "--filter", firstId], { TMPDIR: directory });
    // tsx keeps its cache there, under a name of its own.
    const left = (await readdir(directory)).filter((name) => name.startsWith("conformance-"));
    expect(left).toEqual([]);
  });
});

test("a subject that holds the event loop is ended by force, and that is said", async () => {
  // What is ended by force removes nothing.
  const directory = await mkdtemp(join(tmpdir(), "command-test-"));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  const args = ["test/fixtures/blocks.ts", "--timeout", "0.2"];
  const { status, stderr } = await runCommand(args, { TMPDIR: directory });
  expect(stderr).toMatch(
    /^conformance: the subject has held the event loop for 2 s: [^\n]*; the last call was open\n$/,
  );
  expect(status).not.toBe(0);
});

test.each([
  ["a full disk", "> /dev/full", 2],
  ["a reader that has seen enough", "| head -1", 1],
])("output to %s does not make a subject conformant", (_, redirection, status) => {
  const script = `"${process.execPath}" --conditions=@engenho/source src/cli/bin.ts test/fixtures/falls-short.ts --filter CORE-00 ${redirection}; exit \${PIPESTATUS[0]}`;
  const directory = fileURLToPath(new URL("..", import.meta.url));
  expect(spawnSync("bash", ["-c", script], { cwd: directory }).status).toBe(status);
});

describe("what needs no subject", () => {
  test("--list prints every requirement, aligned", async () => {
    const { status, stdout } = await runCommand(["--list"]);
    expect(status).toBe(0);
    const lines = stdout.trimEnd().split("\n");
    expect(lines.map((line) => line.split(" ")[0])).toEqual(requirements.map(({ id }) => id));
    const levels = lines.map((line) => line.search(/MUST|SHOULD/));
    expect(new Set(levels).size).toBe(1);
  });

  test("--list --profile --filter narrows it", async () => {
    const { stdout } = await runCommand([
      "--list",
      "--profile",
      "core",
      "--filter",
      `/^${firstId}$/`,
    ]);
    expect(stdout.split("\n")).toHaveLength(2);
    expect(stdout.startsWith(firstId)).toBe(true);
  });

  test("--version and --help", async () => {
    expect(await runCommand(["--version"])).toEqual({
      status: 0,
      stdout: `${manifest.version}\n`,
      stderr: "",
    });
    const help = await runCommand(["--help"]);
    for (const option of [
      "profile",
      "filter",
      "seed",
      "timeout",
      "report",
      "format",
      "list",
      "verbose",
    ]) {
      expect(help.stdout).toContain(`--${option}`);
    }
    expect(help.status).toBe(0);
  });
});
