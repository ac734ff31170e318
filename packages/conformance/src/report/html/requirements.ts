/** The page's main table: each requirement, and how it came out for each subject. */

import { profiles } from "../../harness/select-requirements.ts";
import { type Markup, markup } from "../markup.ts";
import type { Report, RequirementReport, SelectedRequirement } from "../report.ts";
import { type Outcome, outcomeWords, profilesOf } from "../verdict.ts";
import { detail, sentence } from "./detail.ts";

/** One row: a requirement, and its results in the order of the subjects; none where it does not apply. */
interface Row {
  readonly requirement: SelectedRequirement;
  readonly results: readonly (RequirementReport | undefined)[];
}

/** With this many failures at most, what failed lies open at once. */
const openAtMost = 10;

/** Beyond this, a result has two lines. */
const columnsInOneLine = 3;

/** Beyond this, the table scrolls in its own place on every screen. */
const columnsThatFit = 8;

/** The table, a group for each profile, under the controls that narrow it. */
export function requirementsSection(report: Report): readonly Markup[] {
  const rows = rowsOf(report);
  const isOpen = rows.filter(hasFailure).length <= openAtMost ? hasFailure : () => false;
  const { subjects } = report;
  const groups = profiles.flatMap((profile) => {
    const members = rows.filter(({ requirement }) => requirement.profile === profile);
    if (members.length === 0) return [];
    return [
      markup`<tbody data-profile="${profile}">`,
      markup`<tr class="group"><th scope="rowgroup" colspan="${subjects.length + 2}">${profile}</th></tr>`,
      ...members.map((row) => rowLine(report, row, isOpen(row))),
      markup`</tbody>`,
    ];
  });
  const heads = subjects.map(({ name }) => markup`<th scope="col"><bdi>${name}</bdi></th>`);
  const scroll = subjects.length > columnsThatFit ? "scroll wide" : "scroll";
  const table = subjects.length > columnsInOneLine ? "requirements many" : "requirements";
  return [
    markup`<section aria-labelledby="requirements">`,
    markup`<h2 id="requirements" tabindex="-1">Requirements</h2>`,
    ...controls(report, rows),
    markup`<p role="status" id="matches">${rows.length} requirements</p>`,
    markup`<div class="${scroll}" role="group" aria-label="Requirements, a table" tabindex="0">`,
    markup`<table class="${table}">`,
    markup`<thead><tr><th scope="col">Id</th><th scope="col">Requirement</th>${heads}</tr></thead>`,
    ...groups,
    markup`</table>`,
    markup`</div>`,
    markup`</section>`,
  ];
}

function rowsOf({ requirements, subjects }: Report): readonly Row[] {
  const results = subjects.map(
    (subject) => new Map(subject.requirements.map((each) => [each.id, each])),
  );
  return requirements.map((requirement) => ({
    requirement,
    results: results.map((byId) => byId.get(requirement.id)),
  }));
}

function hasFailure({ results }: Row): boolean {
  return results.some((result) => result?.status === "failed");
}

function rowLine(report: Report, { requirement, results }: Row, isOpen: boolean): Markup {
  const { id, level, provisional, title } = requirement;
  const kind = provisional === true ? `${level}, provisional` : level;
  const body = detail(report, id, kind, results);
  const open = isOpen ? markup` open` : undefined;
  return markup`<tr id="${id}"><th scope="row"><a href="#${id}">${id}</a></th><td><details${open}><summary>${sentence(title)}</summary>${body}</details></td>${results.map(resultCell)}</tr>`;
}

function resultCell(result: RequirementReport | undefined): Markup {
  if (result === undefined) return markup`<td class="not-applicable">n/a</td>`;
  const { status, durationMs } = result;
  return markup`<td class="${status}">${outcomeWords[status]} <small>${duration(durationMs)}</small></td>`;
}

function duration(milliseconds: number): string {
  return milliseconds < 1_000 ? `${milliseconds} ms` : `${(milliseconds / 1_000).toFixed(1)} s`;
}

/** Hidden until the script is there that makes them work. */
function controls(report: Report, rows: readonly Row[]): readonly Markup[] {
  const outcomes = rows.flatMap(({ results }) =>
    results.map((result): Outcome => result?.status ?? "not-applicable"),
  );
  const statuses = (Object.keys(outcomeWords) as Outcome[]).map((outcome) => {
    const count = outcomes.filter((each) => each === outcome).length;
    return markup`<option value="${outcome}">${outcomeWords[outcome]} (${count})</option>`;
  });
  const ofProfiles = profilesOf(report).map((profile) => markup`<option>${profile}</option>`);
  const subjects = report.subjects.map(
    ({ name }, index) => markup`<option value="${index}">${name}</option>`,
  );
  return [
    markup`<search hidden>`,
    markup`<label>Search <input type="search" id="search" autocomplete="off" spellcheck="false"></label>`,
    select("status", "Status", statuses),
    select("profile", "Profile", ofProfiles),
    select("subject", "Subject", subjects),
    markup`<button type="button" id="all">Show all</button>`,
    markup`<button type="button" id="open">Open details</button>`,
    markup`</search>`,
  ];
}

function select(id: string, label: string, options: readonly Markup[]): Markup {
  return markup`<label>${label} <select id="${id}"><option value="">any</option>${options}</select></label>`;
}
