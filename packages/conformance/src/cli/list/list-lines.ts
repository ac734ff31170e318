/** Prints the suite itself. */

import { isProvisional } from "../../report/provisional.ts";
import type { Requirement } from "../../requirements/requirement.ts";
import { align } from "../align.ts";

/** One line for each requirement: id, level, profile, title, and whether it is provisional. */
export function listLines(requirements: readonly Requirement[]): string[] {
  return align(
    requirements.map((requirement) => {
      const { id, level, profile, title, since } = requirement;
      const standing = isProvisional(requirement) ? ` (provisional since ${since})` : "";
      return [id, level, profile, title + standing];
    }),
  );
}
