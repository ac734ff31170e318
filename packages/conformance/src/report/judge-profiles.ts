/** Counts a subject's requirements profile by profile and says what each profile amounts to. */

import { profiles } from "../harness/select-requirements.ts";
import type { Profile } from "../requirements/requirement.ts";
import { decides } from "./provisional.ts";
import type {
  ProfileReport,
  ProfileResult,
  RequirementReport,
  RequirementStatus,
  SelectedRequirement,
} from "./report.ts";

/** The profiles that at least one of these requirements belongs to, in the order of reports. */
export function judgeProfiles(
  requirements: readonly RequirementReport[],
  hasErrors: boolean,
  selected: readonly SelectedRequirement[],
): Partial<Record<Profile, ProfileReport>> {
  const judged: Partial<Record<Profile, ProfileReport>> = {};
  for (const profile of profiles) {
    const members = requirements.filter((requirement) => requirement.profile === profile);
    if (members.length === 0) continue;
    const count = (status: RequirementStatus): number =>
      members.filter((requirement) => requirement.status === status).length;
    judged[profile] = {
      result: hasErrors ? "not-conformant" : judge(members),
      passed: count("passed"),
      failed: count("failed"),
      skipped: count("skipped"),
      knownFailures: count("known-failure"),
      notApplicable: selected.filter((each) => each.profile === profile).length - members.length,
    };
  }
  return judged;
}

function judge(requirements: readonly RequirementReport[]): ProfileResult {
  const binding = requirements.filter(decides);
  if (
    binding.some(({ status }) => status === "failed") ||
    requirements.some(({ unexpectedPass }) => unexpectedPass)
  ) {
    return "not-conformant";
  }
  return binding.every(({ status }) => status === "passed") ? "conformant" : "partial";
}
