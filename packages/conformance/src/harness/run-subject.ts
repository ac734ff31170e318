/** Runs the selected requirements against one opened subject, several at a time. */

import { judgeProfiles } from "../report/judge-profiles.ts";
import type { SubjectReport } from "../report/report.ts";
import type { Requirement } from "../requirements/requirement.ts";
import type { CheckSettings } from "./check-settings.ts";
import { waitUntil } from "./deadline.ts";
import { notJudged } from "./not-judged.ts";
import type { PreparedSubject } from "./prepare-subject.ts";
import { type RequirementOutcome, runRequirement } from "./run-requirement.ts";

/** What a run tells while it is going on. */
export type RunEvent =
  | {
      /** A subject's requirements are about to be checked. */
      readonly type: "subject-start";
      /** The subject's name. */
      readonly subject: string;
      /** How many requirements there are to check. */
      readonly count: number;
      /** How many more were selected and do not apply. */
      readonly notApplicable: number;
    }
  | {
      /** One requirement has ended; they come in the order in which they end. */
      readonly type: "requirement-end";
      /** The subject's name. */
      readonly subject: string;
      /** How it came out. */
      readonly outcome: RequirementOutcome;
    }
  | {
      /** Every requirement of a subject has ended. */
      readonly type: "subject-end";
      /** The subject's name. */
      readonly subject: string;
      /** Its part of the report. */
      readonly report: SubjectReport;
    };

/** What {@link judgeSubject} needs beside the subject. */
export interface JudgeOptions extends CheckSettings {
  /** Those that were asked for, whether they apply or not. */
  readonly selected: readonly Requirement[];
  /** The whole suite, which `knownFailures` may name. */
  readonly suite: readonly Requirement[];
  /** How many requirements are checked at once. */
  readonly concurrency: number;
  readonly observe: (event: RunEvent) => void;
  /** Errors outside any one requirement; read when everything has ended. */
  readonly errors: string[];
}

/** The selected requirements that hold for a backend with these claims, and that its subject has the means for. */
export function applicable(
  requirements: readonly Requirement[],
  { capabilities, subject }: PreparedSubject,
): readonly Requirement[] {
  return requirements.filter(({ appliesTo }) => appliesTo?.(capabilities, subject) ?? true);
}

/** One line for each `knownFailures` entry that can never be checked. */
export function ledgerFaults(prepared: PreparedSubject, suite: readonly Requirement[]): string[] {
  const applying = applicable(suite, prepared);
  return Object.keys(prepared.subject.knownFailures ?? {}).flatMap((id) => {
    const isListed = (requirement: Requirement): boolean => requirement.id === id;
    if (applying.some(isListed)) return [];
    const why = suite.some(isListed)
      ? "does not apply to a backend with these capabilities"
      : "is no requirement";
    return [`knownFailures lists ${id}, which ${why}: remove it`];
  });
}

/** The report of one subject; results stand in the order of the suite, however they ended. */
export async function judgeSubject(
  prepared: PreparedSubject,
  options: JudgeOptions,
): Promise<SubjectReport> {
  const { errors, observe, selected } = options;
  const { name } = prepared.subject;
  const started = performance.now();
  errors.push(...ledgerFaults(prepared, options.suite));
  const chosen = applicable(selected, prepared);
  const notApplicable = selected.length - chosen.length;
  observe({ type: "subject-start", subject: name, count: chosen.length, notApplicable });
  const outcomes = await mapConcurrently(chosen, options.concurrency, async (requirement) => {
    const outcome = await runRequirement(prepared, requirement, options);
    observe({ type: "requirement-end", subject: name, outcome });
    return outcome;
  });
  // What the last requirement left behind may still surface.
  await waitUntil(() => true, 0);
  const requirements = outcomes.map((outcome) => outcome.report);
  const report: SubjectReport = {
    name,
    backend: prepared.backend,
    capabilities: prepared.capabilities,
    profiles: judgeProfiles(requirements, errors.length > 0, selected),
    requirements,
    notApplicable,
    notJudged: notJudged(prepared, selected),
    errors: [...errors],
    durationMs: Math.round(performance.now() - started),
  };
  observe({ type: "subject-end", subject: name, report });
  return report;
}

async function mapConcurrently<T, R>(
  items: readonly T[],
  concurrency: number,
  work: (item: T) => Promise<R>,
): Promise<R[]> {
  const results: R[] = [];
  const queue = items.entries();
  const lane = async (): Promise<void> => {
    // The lanes share one iterator: each takes the next item that nobody has taken.
    for (const [index, item] of queue) results[index] = await work(item);
  };
  await Promise.all(Array.from({ length: Math.min(concurrency, items.length) }, lane));
  return results;
}
