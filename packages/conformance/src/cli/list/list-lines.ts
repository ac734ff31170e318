/** Prints the suite itself. */

import type { Requirement } from "../../requirements/requirement.ts";
import { align } from "../align.ts";

/** One line for each requirement: id, level, profile, title. */
export function listLines(requirements: readonly Requirement[]): string[] {
  return align(requirements.map(({ id, level, profile, title }) => [id, level, profile, title]));
}
