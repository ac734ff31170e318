/** Finds the requirements that somebody may have meant. */

/** Up to three ids, the most alike first. */
export function nearestIds(wanted: string, ids: readonly string[]): readonly string[] {
  const distances = ids.map((id) => ({ id, distance: editDistance(wanted.toUpperCase(), id) }));
  // Stable: of those that are equally far, the first in the suite.
  return distances
    .toSorted((a, b) => a.distance - b.distance)
    .slice(0, 3)
    .map(({ id }) => id);
}

/** How many letters must be put in, taken out or changed. */
function editDistance(from: string, to: string): number {
  let previous = Array.from({ length: to.length + 1 }, (_, i) => i);
  for (const [i, letter] of [...from].entries()) {
    const row = [i + 1];
    for (let j = 0; j < to.length; j++) {
      const replaced = (previous[j] ?? 0) + (letter === to[j] ? 0 : 1);
      row.push(Math.min(replaced, (previous[j + 1] ?? 0) + 1, (row[j] ?? 0) + 1));
    }
    previous = row;
  }
  return previous.at(-1) ?? 0;
}
