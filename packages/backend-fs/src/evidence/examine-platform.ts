/** Evidence and admission of a root, held to a profile, before anything of the store is written. */

import { type PlatformAdmission, type PromisedDurability, admit } from "./admission.ts";
import { gatherEvidence } from "./gather-evidence.ts";
import type { PlatformEvidence } from "./platform-evidence.ts";
import { compareProfiles, profileOf } from "./platform-profile.ts";
import { type PlatformProfile, untriedFields } from "./profile-content.ts";

/** What a store stands on. */
export interface PlatformFindings {
  /** What was observed. */
  readonly evidence: PlatformEvidence;
  /** What the store made of it. */
  readonly admission: PlatformAdmission;
  /** The profile that it was held to, by its path; null if to none. */
  readonly profile: string | null;
  /** What could not be tried because the disk is full, by a profile's names; no profile is held against it. */
  readonly untried: readonly string[];
}

/** A profile that was read. */
export interface PinnedProfile {
  readonly path: string;
  readonly content: PlatformProfile;
}

/**
 * Examines a root that this process has locked.
 *
 * @throws BackendError `unsupported` where no store can be, `profile_mismatch`.
 */
export async function examinePlatform(
  root: string,
  durability: PromisedDurability,
  pinned: PinnedProfile | undefined,
): Promise<PlatformFindings> {
  const evidence = await gatherEvidence(root);
  const admission = admit(root, evidence, durability);
  const found = profileOf(evidence, admission);
  if (pinned !== undefined) compareProfiles(pinned.path, root, pinned.content, found);
  return { evidence, admission, profile: pinned?.path ?? null, untried: untriedFields(found) };
}
