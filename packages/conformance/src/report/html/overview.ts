/** The page's first table: what each profile of each subject came to. */

import { type Markup, markup } from "../markup.ts";
import type { ProfileReport, Report } from "../report.ts";
import type { Profile } from "../../requirements/requirement.ts";
import { profilesOf } from "../verdict.ts";

const classes = { conformant: "passed", partial: "skipped", "not-conformant": "failed" } as const;

/** Subjects × profiles; with scripts, a cell narrows the requirements to what it is about. */
export function overviewSection(report: Report): readonly Markup[] {
  const profiles = profilesOf(report);
  const rows = report.subjects.map((subject, index) => {
    const cells = profiles.map((profile) => cell(index, profile, subject.profiles[profile]));
    const took = `${(subject.durationMs / 1_000).toFixed(1)} s`;
    return markup`<tr><th scope="row"><bdi>${subject.name}</bdi> <small>${took}</small></th>${cells}</tr>`;
  });
  return [
    markup`<section aria-labelledby="overview">`,
    markup`<h2 id="overview">Subjects and profiles</h2>`,
    markup`<div class="scroll" role="group" aria-label="Subjects and profiles, a table" tabindex="0">`,
    markup`<table class="overview">`,
    markup`<thead><tr><th scope="col">Subject</th>${profiles.map((profile) => markup`<th scope="col">${profile}</th>`)}</tr></thead>`,
    markup`<tbody>`,
    ...rows,
    markup`</tbody>`,
    markup`</table>`,
    markup`</div>`,
    markup`</section>`,
  ];
}

function cell(subject: number, profile: Profile, counts: ProfileReport | undefined): Markup {
  if (counts === undefined) return markup`<td class="not-applicable">not applicable</td>`;
  const { result, passed, failed, skipped, knownFailures, notApplicable } = counts;
  const others = [
    [failed, "failed"],
    [skipped, "skipped"],
    [knownFailures, "known to fail"],
    [notApplicable, "not applicable"],
  ] as const;
  // A count and its word stay on one line.
  const told = others
    .filter(([count]) => count > 0)
    .map(([count, word]) => `, ${count} ${word}`.replaceAll(/(?<!,) /g, "\u{a0}"));
  const words = result.replace("-", " ");
  return markup`<td><a class="${classes[result]}" href="#requirements" data-subject="${subject}" data-profile="${profile}">${words}</a> <small>${passed} passed${told}</small></td>`;
}
