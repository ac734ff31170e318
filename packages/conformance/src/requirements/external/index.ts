/** The EXT chapter: every requirement of the external profile, by number. */

import type { Requirement } from "../requirement.ts";
import { externalDeniedRequirements } from "./denied.ts";
import { externalReadRequirements } from "./reads.ts";
import { externalWatchRequirements } from "./watches.ts";
import { externalWriteRequirements } from "./writes.ts";

export const externalRequirements: readonly Requirement[] = [
  ...externalReadRequirements,
  ...externalWatchRequirements,
  ...externalWriteRequirements,
  ...externalDeniedRequirements,
];
