/** The DUR chapter: every requirement of the durability profile, by number. */

import type { Requirement } from "../requirement.ts";
import { durabilityDamageRequirements } from "./damage.ts";
import { durabilityKilledRequirements } from "./killed.ts";
import { durabilityOpeningRequirements } from "./openings.ts";
import { durabilityOtherDamageRequirements } from "./other-damage.ts";
import { durabilityRepairRequirements } from "./repairs.ts";
import { durabilitySequenceRequirements } from "./sequences.ts";
import { durabilitySuddenEndRequirements } from "./sudden-ends.ts";

export const durabilityChapter: readonly Requirement[] = [
  ...durabilityKilledRequirements,
  ...durabilitySuddenEndRequirements,
  ...durabilitySequenceRequirements,
  ...durabilityOpeningRequirements,
  ...durabilityDamageRequirements,
  ...durabilityRepairRequirements,
  ...durabilityOtherDamageRequirements,
].sort((a, b) => a.id.localeCompare(b.id, "en"));
