/** Every requirement of contract 1, in the order of SPEC.md. */

import { applyRequirements } from "./apply.ts";
import { capabilityRequirements } from "./capabilities.ts";
import { deleteRequirements } from "./delete.ts";
import { durabilityRequirements } from "./durability.ts";
import { errorRequirements } from "./errors.ts";
import { getRequirements } from "./get.ts";
import { lifecycleRequirements } from "./lifecycle.ts";
import { listRequirements } from "./list.ts";
import { referenceRequirements } from "./references.ts";
import type { Requirement } from "./requirement.ts";
import { snapshotRequirements } from "./snapshot-chapter.ts";
import { watchRequirements } from "./watch-chapter.ts";

export const requirements: readonly Requirement[] = [
  ...lifecycleRequirements,
  ...capabilityRequirements,
  ...referenceRequirements,
  ...applyRequirements,
  ...getRequirements,
  ...listRequirements,
  ...deleteRequirements,
  ...errorRequirements,
  ...durabilityRequirements,
  ...watchRequirements,
  ...snapshotRequirements,
];
