/** Compares SIZES.md with what is measured. */

import { readSizesPage } from "./sizes-page.ts";

/** How far a number may be off before the page is wrong. */
const TOLERANCE = 0.1;

/** One line for each cell of the committed page that is not as measured; counts and sizes may be near. */
export function pageDifferences(committed: string, measured: string): string[] {
  const [before, now] = [readSizesPage(committed), readSizesPage(measured)];
  const gone = [...before.keys()].filter((name) => !now.has(name)).map((name) => `${name} is gone`);
  const rest = [...now].flatMap(([name, cells]) => {
    const old = before.get(name);
    if (old === undefined) return [`${name} is new`];
    return cells.flatMap((cell, column) =>
      isNear(old[column] ?? "", cell) ? [] : [`${name}: ${old[column]} is ${cell} now`],
    );
  });
  return [...gone, ...rest];
}

function isNear(old: string, now: string): boolean {
  if (old === now) return true;
  const [a, b] = [Number(old), Number(now)];
  // Versions and names are no numbers, and have to be the same.
  return Math.abs(a - b) <= TOLERANCE * Math.max(a, b);
}
