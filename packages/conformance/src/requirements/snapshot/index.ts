/** The SNAP chapter: every requirement of the snapshot profile, by number. */

import type { Requirement } from "../requirement.ts";
import { snapshotAtomicityRequirements } from "./atomicity.ts";
import { snapshotConcurrencyRequirements } from "./concurrency.ts";
import { snapshotFormatRequirements } from "./format.ts";
import { snapshotRefusalRequirements } from "./refusals.ts";
import { snapshotRestoreRequirements } from "./restore.ts";
import { snapshotSpellingRequirements } from "./spellings.ts";

export const snapshotRequirements: readonly Requirement[] = [
  ...snapshotFormatRequirements,
  ...snapshotRestoreRequirements,
  ...snapshotSpellingRequirements,
  ...snapshotRefusalRequirements,
  ...snapshotConcurrencyRequirements,
  ...snapshotAtomicityRequirements,
].sort((a, b) => a.id.localeCompare(b.id, "en"));
