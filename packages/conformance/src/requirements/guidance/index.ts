/** The guidance of every requirement, by id; a test holds that none is without. */

import { applyGuidance } from "./apply.ts";
import { capabilityGuidance } from "./capabilities.ts";
import { concurrencyGuidance } from "./concurrency.ts";
import { durabilityGuidance } from "./durability.ts";
import { endsAndDamageGuidance } from "./ends-and-damage.ts";
import { externalGuidance } from "./external.ts";
import { getGuidance } from "./get.ts";
import type { ChapterGuidance } from "./guidance.ts";
import { listGuidance } from "./list.ts";
import { openingGuidance } from "./opening.ts";
import { referenceGuidance } from "./references.ts";
import { snapshotGuidance } from "./snapshot.ts";
import { stateGuidance } from "./states.ts";
import { watchGuidance } from "./watch.ts";

export const guidance: ChapterGuidance = {
  ...openingGuidance,
  ...capabilityGuidance,
  ...referenceGuidance,
  ...applyGuidance,
  ...getGuidance,
  ...listGuidance,
  ...durabilityGuidance,
  ...stateGuidance,
  ...watchGuidance,
  ...snapshotGuidance,
  ...concurrencyGuidance,
  ...endsAndDamageGuidance,
  ...externalGuidance,
};
