/** What the command says of its own requirements. */

import { describe, expect, test } from "vitest";
import { explainLines } from "../src/cli/explain/explain-lines.ts";
import { nearestIds } from "../src/cli/explain/nearest-ids.ts";
import { listLines } from "../src/cli/list/list-lines.ts";
import { createPaint } from "../src/cli/paint.ts";
import { wrap } from "../src/cli/wrap.ts";
import { kitVersion } from "../src/report/kit-version.ts";
import { guidance } from "../src/requirements/guidance/index.ts";
import { requirements } from "../src/requirements/index.ts";
import { requirement } from "./support/fake-backend.ts";
import { runCommand } from "./support/run-command.ts";

const flowing = (text: string): string => text.replaceAll(/\s+/g, " ");

describe("explain", () => {
  test("has sentence, conditions, reason, hint and how to run it, for each in turn", async () => {
    const { status, stdout, stderr } = await runCommand(["explain", "WATCH-007", "snap-13"]);
    expect(stderr).toBe("");
    expect(status).toBe(0);
    const parts = stdout.split("\n\n").length;
    expect(parts).toBe(4);
    for (const id of ["WATCH-007", "SNAP-013"]) {
      const { title, profile } = requirements.find((each) => each.id === id) ?? {};
      expect(flowing(stdout)).toContain(`${id} MUST, profile ${profile} `);
      expect(flowing(stdout)).toContain(title);
      expect(flowing(stdout)).toContain(guidance[id]?.why);
      expect(flowing(stdout)).toContain(guidance[id]?.fix);
      expect(stdout).toMatch(new RegExp(`^  run  .* ./my-backend.ts --filter ${id}$`, "m"));
    }
    expect(flowing(stdout)).toContain("applies where `verbs` has `watch`, ");
  });

  test("an id that there is not suggests the nearest, and nothing else is printed", async () => {
    const { status, stdout, stderr } = await runCommand(["explain", "WATCH-007", "WATCH-077"]);
    expect(stdout).toBe("");
    expect(stderr).toBe(
      "conformance: WATCH-077 is no requirement; the nearest are WATCH-007, WATCH-017, WATCH-027 " +
        "(see conformance explain --help)\n",
    );
    expect(status).toBe(2);
  });

  test.each([
    ["CORE-0044", "CORE-004"],
    ["core44", "CORE-044"],
    ["SNAPSHOT-004", "SNAP-004"],
    ["WACTH-012", "WATCH-012"],
  ])("%s is near %s", (wrong, meant) => {
    const ids = requirements.map(({ id }) => id);
    expect(nearestIds(wrong, ids)).toContain(meant);
  });
});

test.each(["WATCH", "watch"])("explain %s lists the profile", async (word) => {
  const { status, stdout } = await runCommand(["explain", word]);
  expect(status).toBe(0);
  expect(stdout).toBe((await runCommand(["list", "--profile", "watch"])).stdout);
});

describe("list", () => {
  test("prints every requirement, and what is selected with --profile and --filter", async () => {
    const all = await runCommand(["list"]);
    expect(all.stdout).toBe((await runCommand(["--list"])).stdout);
    const some = await runCommand(["list", "--profile", "core", "--filter", "/^CORE-00[12]$/"]);
    expect(some.stdout.trimEnd().split("\n")).toHaveLength(2);
    expect(some.status).toBe(0);
  });

  test("says what is provisional, and since when", () => {
    const since = `${kitVersion().split(".")[0]}.99.0`;
    const both = [requirement("T-1", () => {}, { since }), requirement("T-2", () => {})];
    expect(listLines(both)).toEqual([
      `T-1  MUST  core  title of T-1 (provisional since ${since})`,
      "T-2  MUST  core  title of T-2",
    ]);
    const explained = both.map((each) => explainLines(each, "npx conformance", createPaint(false)));
    expect(flowing(explained.flat().join(" "))).toContain(
      `provisional came with ${since}; it decides nothing before the next major version`,
    );
  });

  test("--json has what explain says", async () => {
    const { stdout } = await runCommand(["list", "--json", "--filter", "CORE-100"]);
    expect(JSON.parse(stdout)).toEqual([
      {
        id: "CORE-100",
        level: "MUST",
        profile: "core",
        title: requirements.find(({ id }) => id === "CORE-100")?.title,
        applies: "where `durability` is not `none`",
        ...guidance["CORE-100"],
      },
    ]);
  });
});

test.each([
  [["explain"], "no requirement given", "explain"],
  [["explain", "--json", "CORE-001"], "Unknown option '--json'", "explain"],
  [["list", "./subject.ts"], 'list takes no "./subject.ts"; --filter narrows it', "list"],
  [["list", "--profile", "none"], "--profile none is none of core, watch, ", "list"],
])("%j is status 2, in one line", async (args, message, name) => {
  const { status, stdout, stderr } = await runCommand(args);
  expect(stdout).toBe("");
  expect(stderr).toContain(message);
  expect(stderr).toMatch(/^conformance: [^\n]*\n$/);
  expect(stderr).toContain(`(see conformance ${name} --help)`);
  expect(status).toBe(2);
});

test("each subcommand is in the help, and has its own", async () => {
  const { stdout } = await runCommand(["--help"]);
  const { subcommands } = await import("../src/cli/subcommands.ts");
  for (const { name, parameters, summary } of subcommands) {
    expect(flowing(stdout)).toContain(`${name} ${parameters} ${summary}`.replace("  ", " "));
    const help = await runCommand([name, "--help"]);
    expect(help.stdout).toContain(`Usage: conformance ${name}`);
    expect(help.status).toBe(0);
  }
});

test("lines are broken between words, and behind their indent", () => {
  expect(wrap("one two three four", 9, "  ")).toEqual(["  one two", "  three", "  four"]);
  expect(wrap("longerthanwide a", 6, "")).toEqual(["longerthanwide", "a"]);
});
