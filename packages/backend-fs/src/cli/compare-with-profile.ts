/** Evidence beside what a profile has, field by field. */

import { admissionOf } from "../evidence/admission.ts";
import type { PlatformEvidence } from "../evidence/platform-evidence.ts";
import {
  differencesBetween,
  type ProfileDifference,
  profileOf,
  readProfile,
} from "../evidence/platform-profile.ts";
import type { Fact, Section } from "./layout-lines.ts";

/** @throws BackendError `profile_invalid`. */
export async function compareWithProfile(
  path: string,
  evidence: PlatformEvidence,
): Promise<{ readonly differences: readonly ProfileDifference[]; readonly section: Section }> {
  const pinned = await readProfile(path);
  const admission = admissionOf(evidence.storePath, pinned.admission.durability);
  const differences = differencesBetween(pinned, profileOf(evidence, admission));
  const same: Fact = { label: "as blessed", value: path, mark: "good" };
  const facts = differences.map(({ field, pinned: wanted, found }): Fact => {
    return { label: field, value: `${found}, not ${wanted}`, mark: "bad" };
  });
  return { differences, section: { title: "profile", facts: facts.length === 0 ? [same] : facts } };
}
