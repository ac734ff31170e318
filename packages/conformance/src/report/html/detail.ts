/** What the page says of one requirement beyond its row: messages, reasons, and the command that repeats it. */

import { type Markup, markup } from "../markup.ts";
import { pieces } from "../prose.ts";
import { replayCommand } from "../replay-command.ts";
import type { Report, RequirementReport } from "../report.ts";
import { outcomeWords } from "../verdict.ts";

/** What one or several subjects have in common. */
interface Entry {
  /** Their places in the report. */
  readonly subjects: number[];
  readonly result: RequirementReport;
}

/** What opens below a requirement's sentence; results stand in the order of the subjects. */
export function detail(
  report: Report,
  id: string,
  kind: string,
  results: readonly (RequirementReport | undefined)[],
): Markup {
  const entries = entriesOf(results).map((each) => entryLine(report, each));
  const judged = report.subjects.filter((_, index) => results[index] !== undefined);
  const failed = report.subjects.filter((_, index) => results[index]?.status === "failed");
  const command = replayCommand(report, failed.length > 0 ? failed : judged, id);
  const list = entries.length > 0 ? markup`<dl>${entries}</dl>` : undefined;
  const none =
    judged.length === 0 ? markup`<p>It applies to none of these subjects.</p>` : undefined;
  const replay =
    command === undefined
      ? undefined
      : markup`<p>Repeat: <code class="command">${command}</code></p>`;
  const explain =
    report.command === undefined || failed.length === 0
      ? undefined
      : markup`<p>Explain: <code class="command">${report.command} explain ${id}</code></p>`;
  return markup`<p>${kind}</p>${list}${none}${replay}${explain}`;
}

/** Subjects with the same to say share an entry, as those do that share a bug. */
function entriesOf(results: readonly (RequirementReport | undefined)[]): readonly Entry[] {
  const entries = new Map<string, Entry>();
  results.forEach((result, index) => {
    if (result === undefined || result.status === "passed") return;
    const { status, message, reason, seed } = result;
    const likeness = JSON.stringify([status, message, reason, seed]);
    const entry = entries.get(likeness) ?? { subjects: [], result };
    entry.subjects.push(index);
    entries.set(likeness, entry);
  });
  return [...entries.values()];
}

function entryLine(report: Report, { subjects, result }: Entry): Markup {
  const { status, message, reason, seed } = result;
  const names = subjects.map(
    (index) => markup`<bdi data-subject="${index}">${report.subjects[index]?.name}</bdi> `,
  );
  const notes = [
    ...(message === undefined ? [] : [markup`<code>${message}</code>`]),
    ...(reason === undefined ? [] : [markup` Known: ${reason}.`]),
    ...(seed === undefined ? [] : [markup` <small>seed of the check ${seed}</small>`]),
  ];
  return markup`<div><dt>${names}<b class="${status}">${outcomeWords[status]}</b></dt><dd>${notes}</dd></div>`;
}

/** A sentence of SPEC.md, with its code. */
export function sentence(title: string): readonly Markup[] {
  return pieces(title).map(({ text, isCode }) =>
    isCode ? markup`<code>${text}</code>` : markup`${text}`,
  );
}
