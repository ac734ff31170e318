/** Says at the end of a run what came out: what failed and how to repeat it, a table, a verdict. */

import { decides } from "../report/provisional.ts";
import { replayCommand } from "../report/replay-command.ts";
import type { ProfileReport, Report, RequirementReport, SubjectReport } from "../report/report.ts";
import { verdictOf } from "../report/verdict.ts";
import { guidance } from "../requirements/guidance/index.ts";
import { align } from "./align.ts";
import type { Paint } from "./paint.ts";

/** What the summary needs to know beside the report. */
export interface SummaryOptions {
  readonly paint: Paint;
  /** What a person opens to see more. */
  readonly reportPath: string | undefined;
}

/** The lines that end a run. */
export function summaryLines(report: Report, options: SummaryOptions): string[] {
  const { paint, reportPath } = options;
  return [
    ...report.subjects.flatMap((subject) => findings(report, subject, paint)),
    "",
    ...table(report, paint),
    ...report.subjects.flatMap((subject) => wholeProfilesLeftOut(report, subject)),
    ...report.subjects.flatMap(({ name, notJudged = [] }) =>
      notJudged.map((what) => `${name}: not judged: ${what}`),
    ),
    "",
    verdict(report, paint) + (reportPath === undefined ? "" : ` Report: ${reportPath}`),
  ];
}

/** What did not pass, with what to do about it; failures that say the same are told once. */
function findings(report: Report, subject: SubjectReport, paint: Paint): string[] {
  const lines: string[] = subject.errors.map((error) => `  ${paint.red("error")} ${error}`);
  const alike = failuresByMessage(subject);
  for (const each of subject.requirements) {
    const head = `${each.id} ${each.level} ${each.title}`;
    if (each.status === "failed") {
      const [first, ...others] = alike.get(likeness(each)) ?? [];
      if (first !== each.id) continue;
      lines.push(`  ${paint.red("failed")} ${paint.bold(head)}`, `    ${each.message}`);
      if (each.provisional)
        lines.push("    provisional: it decides nothing before the next major version");
      if (others.length > 0) lines.push(`    the same for ${someOf(others)}`);
      const replay = replayCommand(report, [subject], each.id);
      if (replay !== undefined) lines.push(paint.dim(`    ${replay}`));
    } else if (each.status === "known-failure") {
      lines.push(
        `  ${paint.yellow("known failure")} ${head}`,
        `    ${each.reason}: ${each.message}`,
      );
    } else if (each.status === "skipped") {
      lines.push(`  ${paint.yellow("skipped")} ${head}`, `    ${each.message}`);
    }
  }
  lines.push(...whereToLook(report, subject, paint));
  return lines.length === 0 ? [] : ["", paint.bold(subject.name), ...lines];
}

/** The command that explains what has failed: the first few, since one cause often fails many. */
function whereToLook(report: Report, { requirements }: SubjectReport, paint: Paint): string[] {
  const explained = requirements.filter(({ id, status }) => status === "failed" && id in guidance);
  if (explained.length === 0 || report.command === undefined) return [];
  const ids = explained.slice(0, 3).map(({ id }) => id);
  return [paint.dim(`  why, and where to look: ${report.command} explain ${ids.join(" ")}`)];
}

/** Which requirements failed with the same line: one cause (a leaked timer) can be the failure of all. */
function failuresByMessage({ requirements }: SubjectReport): ReadonlyMap<string, string[]> {
  const alike = new Map<string, string[]>();
  for (const each of requirements) {
    if (each.status !== "failed") continue;
    const ids = alike.get(likeness(each)) ?? [];
    alike.set(likeness(each), [...ids, each.id]);
  }
  return alike;
}

/** What decides is never told under the name of what does not. */
function likeness(report: RequirementReport): string {
  return `${decides(report)} ${report.message}`;
}

/** The first few of a list of ids, and how many more there are. */
function someOf(ids: readonly string[]): string {
  const shown = ids.slice(0, 8);
  const more = ids.length - shown.length;
  return shown.join(", ") + (more === 0 ? "" : ` and ${more} more`);
}

function table(report: Report, paint: Paint): string[] {
  const rows = report.subjects.flatMap((subject) =>
    Object.entries(subject.profiles).map(([profile, counts]) => ({ subject, profile, counts })),
  );
  const colour = { conformant: paint.green, partial: paint.yellow, "not-conformant": paint.red };
  const head = ["subject", "profile", "result", "passed", "failed", "skipped"];
  const body = rows.map(({ subject, profile, counts }) => [
    subject.name,
    profile,
    colour[counts.result](counts.result),
    String(counts.passed),
    counts.failed > 0 ? paint.red(String(counts.failed)) : "0",
    counts.skipped > 0 ? paint.yellow(String(counts.skipped)) : "0",
  ]);
  // What few runs have gets a column only where there is some of it.
  const rare = (title: string, counted: (counts: ProfileReport) => number): void => {
    if (rows.every(({ counts }) => counted(counts) === 0)) return;
    head.push(title);
    rows.forEach(({ counts }, index) => body[index]?.push(String(counted(counts))));
  };
  rare("known failures", ({ knownFailures }) => knownFailures);
  rare("not applicable", ({ notApplicable }) => notApplicable);
  return align([head.map(paint.bold), ...body], [3, 4, 5, 6, 7]);
}

/** A profile of which nothing applies has no result, and is not kept quiet about. */
function wholeProfilesLeftOut(report: Report, { name, profiles }: SubjectReport): string[] {
  const leftOut = Map.groupBy(
    report.requirements.filter(({ profile }) => profiles[profile] === undefined),
    ({ profile }) => profile,
  );
  return [...leftOut].map(
    ([profile, { length }]) =>
      `${name}: ${profile} does not apply to what it claims (${length} requirements)`,
  );
}

function verdict(report: Report, paint: Paint): string {
  const { isConformant, words, subjects } = verdictOf(report);
  const painted = isConformant ? paint.green(words) : paint.red(words);
  return `${painted}: ${subjects.map(({ name }) => name).join(", ")}.`;
}
