/** The CONC chapter: every requirement of the concurrency profile, by number. */

import type { Requirement } from "../requirement.ts";
import { concurrencyHistoryRequirements } from "./histories.ts";
import { concurrencyModelRequirements } from "./model.ts";
import { concurrencyRaceRequirements } from "./races.ts";
import { concurrencyReadRequirements } from "./reads.ts";
import { concurrencyUnknownWriteRequirements } from "./unknown-writes.ts";
import { concurrencyWatchRequirements } from "./watches.ts";

export const concurrencyRequirements: readonly Requirement[] = [
  ...concurrencyHistoryRequirements,
  ...concurrencyModelRequirements,
  ...concurrencyRaceRequirements,
  ...concurrencyUnknownWriteRequirements,
  ...concurrencyReadRequirements,
  ...concurrencyWatchRequirements,
].sort((a, b) => a.id.localeCompare(b.id, "en"));
