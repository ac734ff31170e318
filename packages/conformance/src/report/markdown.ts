/** A report as Markdown: the table, and what did not pass. For the summary of a CI job or a comment. */

import { pieces } from "./prose.ts";
import { replayCommand } from "./replay-command.ts";
import type { Report, RequirementReport, SubjectReport } from "./report.ts";
import { outcomeWords, profilesOf, selectionWords, verdictOf } from "./verdict.ts";
import { visible } from "./visible.ts";

/** The whole file, in the Markdown of GitHub and GitLab. */
export function renderMarkdown(report: Report): string {
  const { words, subjects } = verdictOf(report);
  const { kit, date, seed, environment } = report;
  const selection = selectionWords(report);
  const facts = [
    `conformance ${code(kit.version)}`,
    code(date),
    `seed ${seed}`,
    `Node ${code(environment.node)} on ${code(`${environment.platform} ${environment.arch}`)}`,
    ...(selection === undefined ? [] : [`narrowed to ${code(selection)}`]),
  ];
  const lines = [
    "# Conformance",
    "",
    `**${words}**: ${subjects.map(({ name }) => code(name)).join(", ")}.`,
    "",
    ...table(report),
    "",
    `${facts.join(" · ")}.`,
    ...report.subjects.flatMap((subject) => findings(report, subject)),
  ];
  return `${lines.join("\n")}\n`;
}

function table(report: Report): readonly string[] {
  const profiles = profilesOf(report);
  const rows = report.subjects.map((subject) => [
    code(subject.name),
    ...profiles.map((profile) => {
      const counts = subject.profiles[profile];
      if (counts === undefined) return outcomeWords["not-applicable"];
      const others = [
        [counts.failed, "failed"],
        [counts.skipped, "skipped"],
        [counts.knownFailures, "known failures"],
        [counts.notApplicable, "not applicable"],
      ] as const;
      const told = others.filter(([count]) => count > 0).map(([count, word]) => `${count} ${word}`);
      const result = counts.result.replace("-", " ");
      return `**${result}**: ${[`${counts.passed} passed`, ...told].join(", ")}`;
    }),
  ]);
  const head = ["subject", ...profiles];
  return [head, head.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`);
}

function findings(report: Report, subject: SubjectReport): readonly string[] {
  const items = [
    ...subject.errors.map((error) => `- **error**: ${code(error)}`),
    ...subject.requirements
      .filter(({ status }) => status !== "passed")
      .map((each) => finding(report, subject, each)),
  ];
  return items.length === 0 ? [] : ["", `## ${code(subject.name)}`, "", ...items];
}

function finding(report: Report, subject: SubjectReport, requirement: RequirementReport): string {
  const { id, level, provisional, title, status, message, reason } = requirement;
  const replay = status === "failed" ? replayCommand(report, [subject], id) : undefined;
  const notes = [
    ...(reason === undefined ? [] : [`known: ${code(reason)}`]),
    ...(message === undefined ? [] : [code(message)]),
    ...(replay === undefined ? [] : [code(replay)]),
  ];
  const kind = provisional === true ? `${level}, provisional` : level;
  const head = `- **${outcomeWords[status]}** ${code(id)} ${kind}: ${prose(title)}`;
  // A backslash at the end of a line breaks it.
  return [head, ...notes].join("\\\n  ");
}

/** A sentence of the suite: what it has between backticks is code, and nothing else in it means anything. */
function prose(sentence: string): string {
  return pieces(visible(sentence).replace(/\s+/g, " "))
    .map(({ text, isCode }) => (isCode ? code(text) : text.replace(/[\\`*_[\]<>&|~!#]/g, "\\$&")))
    .join("");
}

/**
 * Text of anybody's that nothing is made of: no link, no mention of a person. Between backticks where they can hold
 * it, as they cannot in a table or around themselves; else what could mean anything in it is written in numbers.
 */
function code(text: string): string {
  const seen = visible(text);
  if (/^(?! )[^`|\\\t\r\n]+(?<! )$/.test(seen)) return `\`${seen}\``;
  const numbers = seen.replace(/[^\p{L}\p{M}\p{N} ]/gu, (each) => `&#${each.codePointAt(0)};`);
  return `<code>${numbers}</code>`;
}
