/** Runs the suite over subjects and makes the report: the engine's front door. */

import { currentEnvironment } from "../report/environment.ts";
import { kitVersion } from "../report/kit-version.ts";
import { isProvisional } from "../report/provisional.ts";
import type { Report, SelectedRequirement, SubjectReport } from "../report/report.ts";
import type { Requirement } from "../requirements/requirement.ts";
import { CannotRunError } from "./cannot-run-error.ts";
import { type CheckOptions, resolveSettings } from "./check-settings.ts";
import { errorLine } from "./error-line.ts";
import { trackHandles } from "./handle-tracker.ts";
import { type PreparedSubject, prepareSubject } from "./prepare-subject.ts";
import { applicable, judgeSubject, type RunEvent } from "./run-subject.ts";
import { refuseSameNames } from "./refuse-same-names.ts";
import { type Selection, selectRequirements } from "./select-requirements.ts";
import { captureStrayErrors } from "./stray-errors.ts";
import type { Subject } from "./subject.ts";

/** How a run goes; everything has a default. */
export interface RunOptions extends Selection, CheckOptions {
  /** How many requirements are checked at once. Default 8. */
  readonly concurrency?: number | undefined;
  /** Told of everything as it happens. */
  readonly observe?: ((event: RunEvent) => void) | undefined;
}

/**
 * Holds every subject to the requirements that are selected and apply to it. A subject that falls
 * short makes a report, not an error; rejects with a CannotRunError if nothing can be judged: a
 * subject does not open, no requirement is left.
 *
 * @example
 * const report = await runSuite([subject], requirements, { filter: "CORE-012", seed: 123 });
 * if (!isConformant(report)) process.exitCode = 1;
 */
export async function runSuite(
  subjects: readonly Subject[],
  suite: readonly Requirement[],
  options: RunOptions = {},
): Promise<Report> {
  const date = new Date().toISOString();
  const settings = resolveSettings(options);
  const selected = selectRequirements(suite, options);
  refuseSameNames(subjects);
  const errors = new Map(subjects.map(({ name }) => [name, [] as string[]]));

  let current: string[] = [];
  const stopCapturing = captureStrayErrors((error, scope) => {
    const origin = scope === undefined ? "outside any requirement" : `after ${scope.id} had ended`;
    current.push(`nobody caught, ${origin}: ${errorLine(error)}`);
  });
  const stopTracking = trackHandles();
  try {
    const prepared: PreparedSubject[] = [];
    for (const subject of subjects) {
      current = errors.get(subject.name) ?? [];
      prepared.push(await prepareSubject(subject, settings));
    }
    if (prepared.every((each) => applicable(selected, each).length === 0)) {
      throw new CannotRunError("no requirement is selected that applies");
    }
    const reports: SubjectReport[] = [];
    for (const each of prepared) {
      current = errors.get(each.subject.name) ?? [];
      reports.push(
        await judgeSubject(each, {
          ...settings,
          selected,
          suite,
          concurrency: options.concurrency ?? 8,
          observe: options.observe ?? (() => {}),
          errors: current,
        }),
      );
    }
    return {
      schema: "engenho.conformance/v1",
      kit: { version: kitVersion() },
      date,
      seed: settings.seed,
      full: settings.full,
      selection: { profiles: options.profiles ?? null, filter: options.filter ?? null },
      environment: currentEnvironment(),
      requirements: selected.map(describeRequirement),
      subjects: reports,
    };
  } finally {
    stopTracking();
    stopCapturing();
  }
}

function describeRequirement(requirement: Requirement): SelectedRequirement {
  const { id, level, profile, title } = requirement;
  const provisional = isProvisional(requirement) ? ({ provisional: true } as const) : {};
  return { id, level, ...provisional, profile, title };
}
