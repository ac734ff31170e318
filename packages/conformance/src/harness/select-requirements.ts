/** Narrows the list of requirements to those that were asked for. */

import type { Profile, Requirement } from "../requirements/requirement.ts";
import { CannotRunError } from "./cannot-run-error.ts";

/** Every profile, in the order of reports. */
export const profiles: readonly Profile[] = [
  "core",
  "watch",
  "snapshot",
  "concurrency",
  "durability",
  "external",
];

/** What to select by; a field left out selects everything. */
export interface Selection {
  /** Requirements of these profiles. */
  readonly profiles?: readonly Profile[] | undefined;
  /** Text found in the id or the title whatever its case, or a regular expression between slashes: `/^CORE-01/`. */
  readonly filter?: string | undefined;
}

/** The requirements that a selection names, in their order. Throws a CannotRunError for a bad filter. */
export function selectRequirements(
  requirements: readonly Requirement[],
  selection: Selection,
): readonly Requirement[] {
  const matches = matcher(selection.filter);
  return requirements.filter(
    ({ id, profile, title }) =>
      (selection.profiles?.includes(profile) ?? true) && (matches(id) || matches(title)),
  );
}

function matcher(filter: string | undefined): (text: string) => boolean {
  if (filter === undefined) return () => true;
  const source = /^\/(.+)\/([a-z]*)$/s.exec(filter);
  if (source === null) {
    const wanted = filter.toLowerCase();
    return (text) => text.toLowerCase().includes(wanted);
  }
  try {
    // Without g and y, which would carry state from one text to the next.
    const expression = new RegExp(source[1] ?? "", (source[2] ?? "").replace(/[gy]/g, ""));
    return (text) => expression.test(text);
  } catch (error) {
    throw new CannotRunError(`the filter ${filter} is no regular expression`, { cause: error });
  }
}
