/** The WATCH chapter: every requirement of the watch profile, by number. */

import type { Requirement } from "./requirement.ts";
import { watchEndingRequirements } from "./watch-ending.ts";
import { watchLiveRequirements } from "./watch-live.ts";
import { watchRandomWriteRequirements } from "./watch-random-writes.ts";
import { watchReplayRequirements } from "./watch-replay.ts";
import { watchResetRequirements } from "./watch-resets.ts";
import { watchResumeRequirements } from "./watch-resume.ts";
import { watchScopeRequirements } from "./watch-scope.ts";
import { watchVisibilityRequirements } from "./watch-visibility.ts";

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
