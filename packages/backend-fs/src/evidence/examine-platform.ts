/** Evidence, admission and profile of a root, in this order, before anything of the store is written. */

import { type PlatformAdmission, type PromisedDurability, admit } from "./admission.ts";
import { gatherEvidence } from "./gather-evidence.ts";
import type { PlatformEvidence } from "./platform-evidence.ts";
import { compareProfiles, profileOf, readProfile } from "./platform-profile.ts";

/** What a store stands on. */
export interface PlatformFindings {
  /** What was observed. */
  readonly evidence: PlatformEvidence;
  /** What the store made of it. */
  readonly admission: PlatformAdmission;
  /** The profile that it was held to, by its path; null if to none. */
  readonly profile: string | null;
}

/** What it must be. */
export interface PlatformDemands {
  readonly durability: PromisedDurability;
  /** The path of a profile. */
  readonly profile?: string | undefined;
}

/**
 * Examines a root that this process has locked.
 *
 * @throws BackendError `unsupported` where no store can be, `profile_invalid`, `profile_mismatch`.
 */
export async function examinePlatform(
  root: string,
  { durability, profile }: PlatformDemands,
): Promise<PlatformFindings> {
  const pinned = profile === undefined ? undefined : await readProfile(profile);
  const evidence = await gatherEvidence(root);
  const admission = admit(root, evidence, durability);
  if (pinned !== undefined && profile !== undefined) {
    compareProfiles(profile, root, pinned, profileOf(evidence, admission));
  }
  return { evidence, admission, profile: profile ?? null };
}
