/** Evidence beside what a profile has, field by field. */

import { admissionOf } from "../evidence/admission.ts";
import type { PinnedProfile } from "../evidence/examine-platform.ts";
import type { PlatformEvidence } from "../evidence/platform-evidence.ts";
import {
  differencesBetween,
  type ProfileDifference,
  profileOf,
} from "../evidence/platform-profile.ts";
import { untriedFields } from "../evidence/profile-content.ts";
import type { Fact, Section } from "./layout-lines.ts";

/** What a comparison has found. */
export interface Comparison {
  readonly differences: readonly ProfileDifference[];
  /** Fields that could not be compared, since the disk is full. */
  readonly untried: readonly string[];
  readonly section: Section;
}

/** Compares for the durability that the profile has. */
export function compareWithProfile(
  { path, content }: PinnedProfile,
  evidence: PlatformEvidence,
): Comparison {
  const admission = admissionOf(evidence.storePath, content.admission.durability);
  const found = profileOf(evidence, admission);
  const [differences, untried] = [differencesBetween(content, found), untriedFields(found)];
  const facts: readonly Fact[] = [
    ...differences.map(({ field, pinned, found: value }): Fact => ({
      label: field,
      value: `${value}, not ${pinned}`,
      mark: "bad",
    })),
    ...untried.map((field): Fact => ({ label: field, value: "not tried", mark: "note" })),
  ];
  const same: Fact = { label: "as blessed", value: path, mark: "good" };
  const section = { title: "profile", facts: facts.length === 0 ? [same] : facts };
  return { differences, untried, section };
}
