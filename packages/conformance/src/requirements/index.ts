/** Every requirement of contract 1, in the order of SPEC.md. */

import { concurrencyRequirements } from "./concurrency/index.ts";
import { coreRequirements } from "./core/index.ts";
import { externalRequirements } from "./external/index.ts";
import type { Requirement } from "./requirement.ts";
import { durabilityChapter } from "./durability/index.ts";
import { snapshotRequirements } from "./snapshot/index.ts";
import { watchRequirements } from "./watch/index.ts";

/** All of them, to run, to select from or to list. */
export const requirements: readonly Requirement[] = [
  ...coreRequirements,
  ...watchRequirements,
  ...snapshotRequirements,
  ...concurrencyRequirements,
  ...durabilityChapter,
  ...externalRequirements,
];
