/** Finds the requirements that somebody may have meant. */

import { editDistance } from "../edit-distance.ts";

/** Up to three ids, the most alike first. */
export function nearestIds(wanted: string, ids: readonly string[]): readonly string[] {
  const distances = ids.map((id) => ({ id, distance: editDistance(wanted.toUpperCase(), id) }));
  // Stable: of those that are equally far, the first in the suite.
  return distances
    .toSorted((a, b) => a.distance - b.distance)
    .slice(0, 3)
    .map(({ id }) => id);
}
