/** A report as JUnit XML, which CI servers show: a suite for each subject and profile, a test for each requirement. */

import { profiles } from "../harness/select-requirements.ts";
import { type Markup, markup } from "./markup.ts";
import { decides } from "./provisional.ts";
import { replayCommand } from "./replay-command.ts";
import type { Report, RequirementReport, SubjectReport } from "./report.ts";

/** What a test came to, as JUnit knows it. */
interface Case {
  readonly name: string;
  readonly durationMs: number;
  readonly outcome: "passed" | "failure" | "error" | "skipped";
  readonly message: string;
  /** What stands below the message. */
  readonly text: string;
}

interface Suite {
  readonly name: string;
  /** CI servers group by what stands before its last dot. */
  readonly classname: string;
  readonly cases: readonly Case[];
}

/**
 * The whole file. Only what decides is a failure, so that a server is not red where the command is not: a SHOULD or a
 * provisional requirement that is not met, and a known failure, are skipped tests that say so.
 */
export function renderJUnit(report: Report): string {
  const suites = report.subjects.flatMap((subject) => suitesOf(report, subject));
  const lines: readonly Markup[] = [
    markup`<?xml version="1.0" encoding="UTF-8"?>`,
    markup`<testsuites name="conformance" ${counts(suites.flatMap(({ cases }) => cases))}>`,
    ...suites.flatMap((suite) => suiteLines(report, suite)),
    markup`</testsuites>`,
  ];
  return lines.map((line) => `${line.markup}\n`).join("");
}

function suitesOf(report: Report, subject: SubjectReport): readonly Suite[] {
  const { name, errors, requirements } = subject;
  const outside = errors.map((message, index) => ({
    name: `outside any requirement, ${index + 1}`,
    durationMs: 0,
    outcome: "error" as const,
    message,
    text: "",
  }));
  const byProfile = profiles.map((profile) => ({
    name: `${name} ${profile}`,
    classname: `${name}.${profile}`,
    cases: requirements
      .filter((each) => each.profile === profile)
      .map((each) => caseOf(report, subject, each)),
  }));
  return [{ name, classname: name, cases: outside }, ...byProfile].filter(
    ({ cases }) => cases.length > 0,
  );
}

function caseOf(report: Report, subject: SubjectReport, requirement: RequirementReport): Case {
  const { id, level, title, durationMs, status, message = "", reason = "" } = requirement;
  const base = { name: `${id} ${level} ${title}`, durationMs, text: "" };
  if (status === "passed") return { ...base, outcome: "passed", message: "" };
  if (status === "failed" && (decides(requirement) || requirement.unexpectedPass === true)) {
    const text = replayCommand(report, [subject], id) ?? "";
    return { ...base, outcome: "failure", message, text };
  }
  const why = { failed: "not met, which decides nothing: ", skipped: "" };
  const prefix = status === "known-failure" ? `known failure: ${reason}: ` : why[status];
  return { ...base, outcome: "skipped", message: prefix + message };
}

function suiteLines(report: Report, { name, classname, cases }: Suite): readonly Markup[] {
  const { date, kit, seed, environment } = report;
  const properties = {
    kit: kit.version,
    seed: String(seed),
    node: environment.node,
    platform: `${environment.platform} ${environment.arch}`,
  };
  return [
    markup`  <testsuite name="${name}" ${counts(cases)} timestamp="${date}">`,
    markup`    <properties>`,
    ...Object.entries(properties).map(
      ([key, value]) => markup`      <property name="${key}" value="${value}"/>`,
    ),
    markup`    </properties>`,
    ...cases.flatMap((each) => caseLines(classname, each)),
    markup`  </testsuite>`,
  ];
}

function caseLines(
  classname: string,
  { name, durationMs, outcome, message, text }: Case,
): readonly Markup[] {
  const head = markup`classname="${classname}" name="${name}" time="${seconds(durationMs)}"`;
  if (outcome === "passed") return [markup`    <testcase ${head}/>`];
  const detail =
    outcome === "skipped"
      ? markup`<skipped message="${message}"/>`
      : outcome === "failure"
        ? markup`<failure type="AssertionError" message="${message}">${text}</failure>`
        : markup`<error type="Error" message="${message}"/>`;
  return [markup`    <testcase ${head}>`, markup`      ${detail}`, markup`    </testcase>`];
}

function counts(cases: readonly Case[]): Markup {
  const count = (wanted: Case["outcome"]): number =>
    cases.filter(({ outcome }) => outcome === wanted).length;
  const time = seconds(cases.reduce((sum, { durationMs }) => sum + durationMs, 0));
  return markup`tests="${cases.length}" failures="${count("failure")}" errors="${count("error")}" skipped="${count("skipped")}" time="${time}"`;
}

function seconds(milliseconds: number): string {
  return (milliseconds / 1_000).toFixed(3);
}
