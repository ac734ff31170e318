import { PassThrough } from "node:stream";
import { describe, expect, test } from "vitest";
import { align } from "../src/cli/align.ts";
import { createPaint } from "../src/cli/paint.ts";
import { createProgress } from "../src/cli/progress.ts";
import { summaryLines } from "../src/cli/summary.ts";
import { createTerminal } from "../src/cli/terminal.ts";
import { runSuite } from "../src/harness/run-suite.ts";
import { kitVersion } from "../src/report/kit-version.ts";
import { asCommanded } from "../src/report/replay-command.ts";
import type { Requirement } from "../src/requirements/requirement.ts";
import { fakeSubject, requirement } from "./support/fake-backend.ts";

const suite = [
  requirement("T-1", () => {}),
  requirement("T-2", () => {
    throw new Error("falls short\nand how");
  }),
  requirement("T-3", (context) => context.skip("cannot be seen from here")),
  requirement("T-4", () => {
    throw new Error("as listed");
  }),
];
const subject = fakeSubject({
  knownFailures: { "T-4": "the author knows", "T-9": "no such thing" },
});

/** A stream that is, or is not, a terminal, and what was written to it. */
function stream(isTTY: boolean, columns = 80) {
  const through = Object.assign(new PassThrough(), { isTTY, columns });
  return { through, written: () => String(through.read() ?? "") };
}

describe("the summary", () => {
  test("lists what did not pass, counts everything and ends with the verdict", async () => {
    const judged = await runSuite([subject], suite, { seed: 5, full: false });
    const report = asCommanded(judged, "npx conformance", ["./my backend.ts"]);
    const options = { paint: createPaint(false), reportPath: "out/conformance.html" };
    expect(summaryLines(report, options)).toEqual([
      "",
      "fake",
      "  error knownFailures lists T-9, which is no requirement: remove it",
      "  failed T-2 MUST title of T-2",
      "    falls short",
      "    npx conformance './my backend.ts' --filter T-2 --seed 5",
      "  skipped T-3 MUST title of T-3",
      "    cannot be seen from here",
      "  known failure T-4 MUST title of T-4",
      "    the author knows: as listed",
      "",
      "subject  profile  result          passed  failed  skipped  known failures",
      "fake     core     not-conformant       1       1        1               1",
      "",
      "Not conformant: fake. Report: out/conformance.html",
    ]);
  });
});

test("failures that say the same are told once, with the ids of the others", async () => {
  const failing = Array.from({ length: 11 }, (_, i) =>
    requirement(`T-${i}`, () => {
      throw new Error(i === 5 ? "another line" : "one and the same");
    }),
  );
  const judged = await runSuite([fakeSubject()], failing, { seed: 5, full: false });
  const report = asCommanded(judged, "conformance", ["./my.ts"]);
  const options = { paint: createPaint(false), reportPath: undefined };
  expect(summaryLines(report, options).slice(2, -5)).toEqual([
    "  failed T-0 MUST title of T-0",
    "    one and the same",
    "    the same for T-1, T-2, T-3, T-4, T-6, T-7, T-8, T-9 and 1 more",
    "    conformance ./my.ts --filter T-0 --seed 5",
    "  failed T-5 MUST title of T-5",
    "    another line",
    "    conformance ./my.ts --filter T-5 --seed 5",
  ]);
});

test("a provisional failure says that it decides nothing, under no other's name", async () => {
  const falls = (): never => {
    throw new Error("falls short");
  };
  const since = `${kitVersion().split(".")[0]}.99.0`;
  const both = [requirement("T-1", falls, { since }), requirement("T-2", falls)];
  const judged = await runSuite([fakeSubject()], both, { seed: 5, full: false });
  const report = asCommanded(judged, "conformance", ["./my.ts"]);
  const options = { paint: createPaint(false), reportPath: undefined };
  expect(summaryLines(report, options).slice(2, -5)).toEqual([
    "  failed T-1 MUST title of T-1",
    "    falls short",
    "    provisional: it decides nothing before the next major version",
    "    conformance ./my.ts --filter T-1 --seed 5",
    "  failed T-2 MUST title of T-2",
    "    falls short",
    "    conformance ./my.ts --filter T-2 --seed 5",
  ]);
});

test("what does not apply is counted in the table, and failures are told without a command", async () => {
  const others = ["T-5", "T-6"].map((id) => requirement(id, () => {}, { appliesTo: () => false }));
  const report = await runSuite([fakeSubject()], [...suite.slice(0, 2), ...others], { seed: 5 });
  const lines = summaryLines(report, { paint: createPaint(false), reportPath: undefined });
  expect(lines.slice(2)).toEqual([
    "  failed T-2 MUST title of T-2",
    "    falls short",
    "",
    "subject  profile  result          passed  failed  skipped  not applicable",
    "fake     core     not-conformant       1       1        0               2",
    "",
    "Not conformant: fake.",
  ]);
});

describe("progress", () => {
  const run = async (
    isTTY: boolean,
    environment: Record<string, string>,
    verbose = false,
    others: readonly Requirement[] = [],
  ) => {
    const { through, written } = stream(isTTY);
    const progress = createProgress(createTerminal(through, environment), verbose);
    await runSuite([subject], [...suite, ...others], {
      seed: 5,
      observe: (event) => progress.observe(event),
    });
    return written();
  };

  test("in a log: a line at the start, for each failure and at the end", async () => {
    const lines = (await run(false, {})).trimEnd().split("\n");
    expect(lines).toHaveLength(3);
    expect(lines[0]).toMatch(/^fake: 0\/4 checked/);
    expect(lines[1]).toBe("fake: failed T-2 falls short");
    expect(lines[2]).toMatch(/^fake: 4\/4 checked, 1 failed, \d+\.\d s$/);
  });

  test("says how many do not apply", async () => {
    const other = requirement("T-5", () => {}, { appliesTo: () => false });
    const lines = (await run(false, {}, false, [other])).trimEnd().split("\n");
    expect(lines[0]).toMatch(/^fake: 0\/4 checked, 1 not applicable, \d+\.\d s$/);
    expect(lines[2]).toMatch(/^fake: 4\/4 checked, 1 failed, 1 not applicable, \d+\.\d s$/);
  });

  test("on a terminal: one line that is rewritten and gone at the end", async () => {
    const written = await run(true, {});
    expect(written).toContain("\r\u001b[2Kfake: 0/4 checked");
    expect(written.endsWith("\r\u001b[2K")).toBe(true);
    expect(written).toContain("\u001b[31mfailed\u001b[39m T-2");
  });

  test("NO_COLOR takes the colour away, a dumb terminal the rewriting too", async () => {
    expect(await run(true, { NO_COLOR: "1" })).not.toMatch(/\u001b\[\d+m/);
    expect(await run(true, { TERM: "dumb" })).not.toContain("\u001b");
  });

  test("verbose: a line for every requirement, and the details of failures", async () => {
    const written = await run(false, {}, true);
    for (const { id } of suite) expect(written).toContain(` ${id} MUST `);
    expect(written).toContain("and how");
  });

  test("a status line never outgrows the terminal", () => {
    const { through, written } = stream(true, 20);
    createTerminal(through, {}).status("x".repeat(50));
    expect(written().replace("\r\u001b[2K", "")).toHaveLength(19);
  });
});

test("columns are as wide as their widest cell, colours aside", () => {
  const { red } = createPaint(true);
  expect(
    align(
      [
        ["a", red("bb"), "1"],
        ["ccc", "d", "23"],
      ],
      [2],
    ),
  ).toEqual([`a    ${red("bb")}   1`, "ccc  d   23"]);
});
