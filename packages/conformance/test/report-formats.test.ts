import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { profiles } from "../src/harness/select-requirements.ts";
import { reportFormats, renderReport } from "../src/report/formats.ts";
import type { Report, RequirementReport, SubjectReport } from "../src/report/report.ts";
import { writeReports } from "../src/report/write-reports.ts";
import { sampleReport } from "./support/sample-report.ts";

const statuses = ["failed", "skipped", "known-failure", "passed", undefined] as const;
const report = short(sampleReport(["one"], 5, (place) => statuses[place]));

/** With texts that fit on a line here, all of one profile. */
function short(sample: Report): Report {
  const brief = <R extends Pick<RequirementReport, "id" | "profile" | "title">>(
    each: R,
    index: number,
  ): R => ({
    ...each,
    id: `T-${index + 1}`,
    profile: "core",
    title: "A `list` is *ordered*.",
    ...("message" in each ? { message: "b before a" } : {}),
  });
  const [subject] = sample.subjects as [SubjectReport];
  const counts = {
    result: "not-conformant",
    passed: 1,
    failed: 1,
    skipped: 1,
    knownFailures: 1,
    notApplicable: 1,
  } as const;
  return {
    ...sample,
    requirements: sample.requirements.map(brief),
    subjects: [
      {
        ...subject,
        requirements: subject.requirements.map(brief),
        profiles: { core: counts },
        errors: ["nobody caught: x"],
      },
    ],
  };
}

function lines(text: string | undefined): readonly string[] | undefined {
  return text?.trimEnd().split("\n");
}

test("JUnit: a suite for each subject and profile, and only what decides is a failure", () => {
  const { "conformance.xml": xml } = renderReport(report, "junit");
  const properties = [
    "    <properties>",
    '      <property name="kit" value="1.2.3"/>',
    '      <property name="seed" value="7"/>',
    '      <property name="node" value="24.1.0"/>',
    '      <property name="platform" value="linux x64"/>',
    "    </properties>",
  ];
  expect(lines(xml)).toEqual([
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<testsuites name="conformance" tests="5" failures="1" errors="1" skipped="2" time="0.078">',
    '  <testsuite name="one" tests="1" failures="0" errors="1" skipped="0" time="0.000" timestamp="2026-01-02T03:04:05.678Z">',
    ...properties,
    '    <testcase classname="one" name="outside any requirement, 1" time="0.000">',
    '      <error type="Error" message="nobody caught: x"/>',
    "    </testcase>",
    "  </testsuite>",
    '  <testsuite name="one core" tests="4" failures="1" errors="0" skipped="2" time="0.078" timestamp="2026-01-02T03:04:05.678Z">',
    ...properties,
    '    <testcase classname="one.core" name="T-1 MUST A `list` is *ordered*." time="0.000">',
    '      <failure type="AssertionError" message="b before a">npx conformance ./backends/0/conformance.ts --filter T-1 --seed 7</failure>',
    "    </testcase>",
    '    <testcase classname="one.core" name="T-2 MUST A `list` is *ordered*." time="0.013">',
    '      <skipped message="b before a"/>',
    "    </testcase>",
    '    <testcase classname="one.core" name="T-3 MUST A `list` is *ordered*." time="0.026">',
    '      <skipped message="known failure: sorts by UTF-16, mended in 2.0: b before a"/>',
    "    </testcase>",
    '    <testcase classname="one.core" name="T-4 MUST A `list` is *ordered*." time="0.039"/>',
    "  </testsuite>",
    "</testsuites>",
  ]);
});

test.each([
  ["a SHOULD", { level: "SHOULD" }, "<skipped"],
  ["a provisional requirement", { provisional: true }, "<skipped"],
  [
    "a listed failure of a SHOULD that passes",
    { level: "SHOULD", unexpectedPass: true },
    "<failure",
  ],
] as const)("JUnit: %s that fails is as red as it makes the command", (_, parts, element) => {
  const [subject] = report.subjects as [SubjectReport];
  const [failed] = subject.requirements as [RequirementReport];
  const only = {
    ...report,
    subjects: [{ ...subject, errors: [], requirements: [{ ...failed, ...parts }] }],
  };
  expect(renderReport(only, "junit")["conformance.xml"]).toContain(`${element} `);
});

test("Markdown: the verdict, the table, and what did not pass with what repeats it", () => {
  const { "conformance.md": markdown } = renderReport(report, "markdown");
  expect(lines(markdown)).toEqual([
    "# Conformance",
    "",
    "**Not conformant**: `one`.",
    "",
    "| subject | core |",
    "| --- | --- |",
    "| `one` | **not conformant**: 1 passed, 1 failed, 1 skipped, 1 known failures, 1 not applicable |",
    "",
    "conformance `1.2.3` · `2026-01-02T03:04:05.678Z` · seed 7 · Node `24.1.0` on `linux x64`.",
    "",
    "## `one`",
    "",
    "- **error**: `nobody caught: x`",
    "- **failed** `T-1` MUST: A `list` is \\*ordered\\*.\\",
    "  `b before a`\\",
    "  `npx conformance ./backends/0/conformance.ts --filter T-1 --seed 7`",
    "- **skipped** `T-2` MUST: A `list` is \\*ordered\\*.\\",
    "  `b before a`",
    "- **known failure** `T-3` MUST: A `list` is \\*ordered\\*.\\",
    "  known: `sorts by UTF-16, mended in 2.0`\\",
    "  `b before a`",
  ]);
});

const everything = { profiles: null, filter: null };
const watchOnly = { profiles: ["watch"], filter: null } as const;

test.each([
  ["everything passed", "passed", everything, "conformant", "brightgreen"],
  [
    "something is not there to be checked",
    "skipped",
    everything,
    `0 of ${profiles.length} profiles`,
    "yellow",
  ],
  ["something failed", "failed", everything, `0 of ${profiles.length} profiles`, "red"],
  ["only a part was run", "passed", watchOnly, "conformant in what was selected", "yellow"],
] as const)("badge: %s", (_, status, selection, message, color) => {
  const badge = { ...sampleReport(["one"], 30, () => status), selection };
  const { "badge.svg": svg, "badge.json": endpoint } = renderReport(badge, "badge");
  expect(JSON.parse(endpoint ?? "")).toEqual({
    schemaVersion: 1,
    label: "conformance",
    message,
    color,
  });
  expect(svg).toContain(`<title>conformance: ${message}</title>`);
  expect(svg).not.toMatch(/href|script|style|url\((?!#)/);
});

test("every format has its files, equal for equal reports, and no other has them", () => {
  const names = reportFormats.flatMap((format) => Object.keys(renderReport(report, format)));
  expect(names).toEqual([
    "conformance.html",
    "conformance.md",
    "conformance.xml",
    "conformance.json",
    "badge.svg",
    "badge.json",
  ]);
  for (const format of reportFormats) {
    expect(renderReport(structuredClone(report), format)).toEqual(renderReport(report, format));
  }
});

test("only the formats that are wanted are written, the page first, and no draft is left", async () => {
  const directory = await mkdtemp(join(tmpdir(), "report-formats-"));
  onTestFinished(() => rm(directory, { recursive: true }));
  const paths = await writeReports(report, directory, ["json", "html"]);
  expect(paths).toEqual(
    ["conformance.html", "conformance.json"].map((name) => join(directory, name)),
  );
  expect((await readdir(directory)).toSorted()).toEqual(["conformance.html", "conformance.json"]);
  expect(JSON.parse(await readFile(join(directory, "conformance.json"), "utf8"))).toEqual(report);
});
