/** Reports for tests of what is made of them, as large as they are wanted. */

import { defaultCapabilities } from "@engenho/sdk";
import { profiles } from "../../src/harness/select-requirements.ts";
import { judgeProfiles } from "../../src/report/judge-profiles.ts";
import type {
  Report,
  RequirementReport,
  RequirementStatus,
  SelectedRequirement,
  SubjectReport,
} from "../../src/report/report.ts";
import { requirements as suite } from "../../src/requirements/index.ts";

/** What each result is, given the place of its requirement and of its subject; undefined does not apply. */
export type Outcomes = (requirement: number, subject: number) => RequirementStatus | undefined;

/** Texts of the usual length. */
const message =
  'expected the list to be ordered by namespace, then name: Service/a/b comes before Service/-/z, counterexample ["a","b"]; fast-check { seed: 1290887, path: "4:1:0" }';

/** Now and then something fails, is skipped, known or does not apply. */
const mixed: Outcomes = (requirement, subject) => {
  const place = requirement * 7 + subject * 3;
  if (subject > 0 && place % 31 === 5) return "failed";
  if (place % 37 === 9) return "skipped";
  if (place % 41 === 11) return "known-failure";
  return place % 13 === 4 ? undefined : "passed";
};

/** A report on so many subjects and requirements, whose sentences are the suite's own. */
export function sampleReport(
  subjects: readonly string[],
  count: number = suite.length,
  outcomes: Outcomes = mixed,
): Report {
  const requirements = Array.from({ length: count }, (_, index) => selected(index, count)).toSorted(
    (one, other) => profiles.indexOf(one.profile) - profiles.indexOf(other.profile),
  );
  return {
    schema: "engenho.conformance/v1",
    kit: { version: "1.2.3" },
    date: "2026-01-02T03:04:05.678Z",
    seed: 7,
    full: false,
    command: "npx conformance",
    selection: { profiles: null, filter: null },
    environment: { node: "24.1.0", platform: "linux", arch: "x64", cpus: 2 },
    requirements,
    subjects: subjects.map((name, index) => judged(name, index, requirements, outcomes)),
  };
}

/** Of all profiles, however many there are of each: spread over the suite, and more than once if need be. */
function selected(index: number, count: number): SelectedRequirement {
  const place = Math.floor((index * suite.length) / count);
  const one = suite[place];
  if (one === undefined) throw new Error("the suite is empty");
  const { id, title, profile } = one;
  const isAgain = index > 0 && Math.floor(((index - 1) * suite.length) / count) === place;
  return { id: isAgain ? `${id}-${index}` : id, level: "MUST", profile, title };
}

function judged(
  name: string,
  index: number,
  suiteOfRun: readonly SelectedRequirement[],
  outcomes: Outcomes,
): SubjectReport {
  const requirements = suiteOfRun.flatMap((each, place): readonly RequirementReport[] => {
    const status = outcomes(place, index);
    return status === undefined
      ? []
      : [{ ...each, durationMs: (place * 13) % 97, ...told(status) }];
  });
  return {
    name,
    module: `./backends/${index}/conformance.ts`,
    backend: name,
    capabilities: defaultCapabilities,
    profiles: judgeProfiles(requirements, false, suiteOfRun),
    requirements,
    notApplicable: suiteOfRun.length - requirements.length,
    errors: [],
    durationMs: 1_000 * (index + 1) + 234,
  };
}

function told(
  status: RequirementStatus,
): Pick<RequirementReport, "status" | "message" | "reason" | "seed"> {
  if (status === "passed") return { status };
  if (status === "skipped") return { status, message: "the subject has no crash()" };
  if (status === "failed") return { status, message, seed: 1290887 };
  return { status, message, seed: 1290887, reason: "sorts by UTF-16, mended in 2.0" };
}
