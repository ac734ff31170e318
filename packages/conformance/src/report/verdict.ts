/** Says in words what a report comes to. */

import type { Profile } from "../requirements/requirement.ts";
import { profiles } from "../harness/select-requirements.ts";
import { isConformant, type Report, type RequirementStatus, type SubjectReport } from "./report.ts";

/** How one requirement came out for one subject, to which it may not apply. */
export type Outcome = RequirementStatus | "not-applicable";

/** Outcomes in words. */
export const outcomeWords: Readonly<Record<Outcome, string>> = {
  failed: "failed",
  "known-failure": "known failure",
  skipped: "skipped",
  passed: "passed",
  "not-applicable": "not applicable",
};

/** The verdict, and whom it is about. */
export interface Verdict {
  readonly isConformant: boolean;
  /** `Conformant`, `Not conformant in what was selected`. */
  readonly words: string;
  /** The subjects that fall short, or all of them if none does. */
  readonly subjects: readonly SubjectReport[];
}

/** What the whole report comes to. */
export function verdictOf(report: Report): Verdict {
  const { profiles: chosen, filter } = report.selection;
  const scope = chosen === null && filter === null ? "" : " in what was selected";
  const wanting = report.subjects.filter(
    (subject) => !isConformant({ ...report, subjects: [subject] }),
  );
  const isWhole = wanting.length === 0;
  return {
    isConformant: isWhole,
    words: `${isWhole ? "Conformant" : "Not conformant"}${scope}`,
    subjects: isWhole ? report.subjects : wanting,
  };
}

/** The profiles that something was selected of, in the order of reports. */
export function profilesOf(report: Report): readonly Profile[] {
  return profiles.filter((profile) => report.requirements.some((each) => each.profile === profile));
}

/** What the run was narrowed to, in words; nothing if it was not. */
export function selectionWords({ selection }: Report): string | undefined {
  const { profiles: chosen, filter } = selection;
  const words = [
    ...(chosen === null ? [] : [`profile ${chosen.join(", ")}`]),
    ...(filter === null ? [] : [`filter ${filter}`]),
  ];
  return words.length === 0 ? undefined : words.join("; ");
}
