/** The suite as tests of vitest: one test for each requirement. */

import { beforeAll, describe, test } from "vitest";
import { type CheckOptions, resolveSettings } from "../harness/check-settings.ts";
import { trackHandles } from "../harness/handle-tracker.ts";
import { prepareSubject } from "../harness/prepare-subject.ts";
import { runRequirement } from "../harness/run-requirement.ts";
import { applicable, ledgerFaults } from "../harness/run-subject.ts";
import { decides } from "../report/provisional.ts";
import { profiles } from "../harness/select-requirements.ts";
import { captureStrayErrors } from "../harness/stray-errors.ts";
import type { Subject } from "../harness/subject.ts";
import { requirements as suite } from "../requirements/index.ts";
import type { Requirement } from "../requirements/requirement.ts";

/** What a test file may choose; everything has a default. */
export interface ConformanceOptions extends CheckOptions {
  /** Default: all of them. */
  readonly requirements?: readonly Requirement[] | undefined;
}

/**
 * Declares a `describe` with the subject's name and a test for each requirement that applies to it,
 * named `CORE-001 MUST …` and grouped by profile. Known failures and skipped requirements are shown as
 * skipped, with the reason, and so are SHOULDs and provisional requirements that fail; one that passes although it is
 * listed fails.
 *
 * @example
 * import { conformance } from "@engenho/conformance/vitest";
 * import subject from "../conformance.ts";
 *
 * conformance(subject);
 */
export function conformance(subject: Subject, options: ConformanceOptions = {}): void {
  const settings = resolveSettings(options);
  const requirements = options.requirements ?? suite;
  describe(subject.name, async () => {
    const prepared = await prepareSubject(subject, settings);

    beforeAll(() => {
      const stopTracking = trackHandles();
      // What belongs to none of these tests goes on to vitest, which fails the run for it.
      const stopCapturing = captureStrayErrors((_error, _scope, passOn) => passOn());
      return () => {
        stopTracking();
        stopCapturing();
      };
    });

    for (const fault of ledgerFaults(prepared, requirements)) {
      test("knownFailures", () => {
        throw new Error(fault);
      });
    }
    const applying = applicable(requirements, prepared);
    for (const profile of profiles) {
      const members = applying.filter((requirement) => requirement.profile === profile);
      if (members.length === 0) continue;
      describe(profile, () => {
        // A check has the time limit, and so has closing after it: vitest's own must be beyond both.
        const limits = { concurrent: true, timeout: 4 * settings.timeoutMs };
        for (const requirement of members) {
          const name = `${requirement.id} ${requirement.level} ${requirement.title}`;
          test(name, limits, async ({ skip }) => {
            const { report, details } = await runRequirement(prepared, requirement, settings);
            if (report.status === "known-failure") skip(`known failure: ${report.reason}`);
            if (report.status === "skipped") skip(report.message);
            const binds = decides(report) || report.unexpectedPass === true;
            if (report.status === "failed" && !binds) {
              skip(
                `decides nothing${report.provisional ? " yet" : ""}, but failed: ${report.message}`,
              );
            }
            if (report.status === "failed") {
              throw new Error(`${report.message} (seed ${settings.seed})`, { cause: details });
            }
          });
        }
      });
    }
  });
}
