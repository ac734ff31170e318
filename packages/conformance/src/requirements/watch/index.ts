/** The WATCH chapter: every requirement of the watch profile, by number. */

import type { Requirement } from "../requirement.ts";
import { watchEndingRequirements } from "./ending.ts";
import { watchLiveRequirements } from "./live.ts";
import { watchRandomWriteRequirements } from "./random-writes.ts";
import { watchReplayRequirements } from "./replay.ts";
import { watchResetRequirements } from "./resets.ts";
import { watchResumeRequirements } from "./resume.ts";
import { watchScopeRequirements } from "./scope.ts";
import { watchVisibilityRequirements } from "./visibility.ts";

export const watchRequirements: readonly Requirement[] = [
  ...watchReplayRequirements,
  ...watchLiveRequirements,
  ...watchScopeRequirements,
  ...watchResumeRequirements,
  ...watchResetRequirements,
  ...watchEndingRequirements,
  ...watchVisibilityRequirements,
  ...watchRandomWriteRequirements,
].sort((a, b) => a.id.localeCompare(b.id, "en"));
