/** The CORE chapter: every requirement of the core profile, by number. */

import type { Requirement } from "../requirement.ts";
import { abortRequirements } from "./abort.ts";
import { applyRequirements } from "./apply.ts";
import { byteRequirements } from "./bytes.ts";
import { capabilityRequirements } from "./capabilities.ts";
import { deleteRequirements } from "./delete.ts";
import { durabilityRequirements } from "./durability.ts";
import { envelopeRequirements } from "./envelopes.ts";
import { errorRequirements } from "./errors.ts";
import { failureRequirements } from "./failure.ts";
import { getRequirements } from "./get.ts";
import { jobRequirements } from "./jobs.ts";
import { kindRequirements } from "./kinds.ts";
import { lifecycleRequirements } from "./lifecycle.ts";
import { listRequirements } from "./list.ts";
import { preconditionRequirements } from "./preconditions.ts";
import { referenceRequirements } from "./references.ts";
import { sharingRequirements } from "./sharing.ts";
import { stateRequirements } from "./states.ts";

export const coreRequirements: readonly Requirement[] = [
  ...lifecycleRequirements,
  ...capabilityRequirements,
  ...sharingRequirements,
  ...kindRequirements,
  ...referenceRequirements,
  ...applyRequirements,
  ...preconditionRequirements,
  ...byteRequirements,
  ...abortRequirements,
  ...getRequirements,
  ...envelopeRequirements,
  ...jobRequirements,
  ...listRequirements,
  ...deleteRequirements,
  ...errorRequirements,
  ...durabilityRequirements,
  ...stateRequirements,
  ...failureRequirements,
].sort((a, b) => a.id.localeCompare(b.id, "en"));
