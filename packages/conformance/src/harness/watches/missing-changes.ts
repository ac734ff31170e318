/** Finds acknowledged changes that a watch has not told and that no replay covers. */

import { prefixLength } from "../prefix-length.ts";
import type { Acknowledged, KnownChanges } from "./known-changes.ts";
import type { WatchReading } from "./read-watch.ts";
import { versionOf } from "./observed-watch.ts";
import { violation, type WatchViolation } from "./watch-violation.ts";

/**
 * A watch need not tell a change that happened before a replay, and after what it had told before. Whether it can have
 * happened there follows from when it was called and had returned: what is told live, or shown by a replay, was there too.
 */
export function missingChanges(
  reading: WatchReading,
  changes: KnownChanges,
): readonly WatchViolation[] {
  const { watch, seen } = reading;
  const missing: WatchViolation[] = [];
  for (const [resource, acknowledged] of changes.all) {
    if (watch.concerns?.(resource) === false) continue;
    const { told = [], unseen = [] } = Object.groupBy(acknowledged, (change) =>
      seen.has(versionBy(change)) ? "told" : "unseen",
    );
    if (unseen.length === 0) continue;
    const neighbours = new Neighbours(told);
    const holes = holesOf(resource, reading, changes);
    for (const change of unseen) {
      if (holes.some((hole) => fits(change, hole))) continue;
      const place = { rule: "reliable", watch: watch.name, resource } as const;
      const what = `${resource}: an acknowledged change is missing`;
      missing.push(violation(place, what, { operations: [change, ...neighbours.of(change)] }));
    }
  }
  return missing;
}

/** A time of which the watch tells nothing, before a replay or after the end. */
interface Hole {
  /** What happens there had not returned before this. */
  readonly after: number;
  /** What happens there was called by then. */
  readonly until: number;
}

function holesOf(
  resource: string,
  { watch, segments }: WatchReading,
  changes: KnownChanges,
): readonly Hole[] {
  let after = -Infinity;
  const holes: Hole[] = [];
  for (const segment of segments) {
    const shown = segment.shown.get(resource);
    const source = shown === undefined ? undefined : changes.of(shown);
    // What began when the shown one had returned comes behind it.
    holes.push({ after, until: Math.min(segment.at, source?.return ?? Infinity) });
    const lastCall = segment.lastCalls.get(resource);
    after = Math.max(after, source?.call ?? -Infinity, lastCall ?? -Infinity);
  }
  if (watch.final === undefined) holes.push({ after, until: Infinity });
  return holes;
}

function fits(change: Acknowledged, { after, until }: Hole): boolean {
  return change.return >= after && change.call <= until;
}

/** Finds, for a reader, the changes that were told around another one. */
class Neighbours {
  readonly #byReturn: readonly Acknowledged[];
  readonly #lastCalledFirst: readonly Acknowledged[];

  constructor(told: readonly Acknowledged[]) {
    this.#byReturn = told.toSorted((a, b) => a.return - b.return);
    this.#lastCalledFirst = told.toSorted((a, b) => b.call - a.call);
  }

  of(change: Acknowledged): readonly Acknowledged[] {
    const ended = prefixLength(this.#byReturn, (each) => each.return < change.call);
    const begun = prefixLength(this.#lastCalledFirst, (each) => each.call > change.return);
    return [this.#byReturn[ended - 1], this.#lastCalledFirst[begun - 1]].filter(
      (each) => each !== undefined,
    );
  }
}

/** The version that a change has brought. */
function versionBy({ resource, result }: Acknowledged): string {
  return versionOf({ resource, revision: result.revision });
}
