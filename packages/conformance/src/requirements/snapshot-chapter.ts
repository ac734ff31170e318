/** The SNAP chapter: every requirement of the snapshot profile, by number. */

import type { Requirement } from "./requirement.ts";
import { snapshotAtomicityRequirements } from "./snapshot-atomicity.ts";
import { snapshotConcurrencyRequirements } from "./snapshot-concurrency.ts";
import { snapshotFormatRequirements } from "./snapshot-format.ts";
import { snapshotRefusalRequirements } from "./snapshot-refusals.ts";
import { snapshotRestoreRequirements } from "./snapshot-restore.ts";
import { snapshotSpellingRequirements } from "./snapshot-spellings.ts";

export const snapshotRequirements: readonly Requirement[] = [
  ...snapshotFormatRequirements,
  ...snapshotRestoreRequirements,
  ...snapshotSpellingRequirements,
  ...snapshotRefusalRequirements,
  ...snapshotConcurrencyRequirements,
  ...snapshotAtomicityRequirements,
].sort((a, b) => a.id.localeCompare(b.id, "en"));
