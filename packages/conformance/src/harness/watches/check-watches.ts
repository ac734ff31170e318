/** Judges what watches have told beside the history of those who wrote meanwhile. */

import type { Operation } from "../linearizability/operation.ts";
import { KnownChanges } from "./known-changes.ts";
import { missingChanges } from "./missing-changes.ts";
import { type ObservedChange, type ObservedWatch, versionOf } from "./observed-watch.ts";
import { readWatch, type WatchReading } from "./read-watch.ts";
import { violation, type WatchViolation } from "./watch-violation.ts";

/** What became of the watches. */
export type WatchVerdict =
  | {
      /** Everything that was told could follow, and nothing is missing. */
      readonly verdict: "ok";
      /** How many events were looked at. */
      readonly events: number;
    }
  | {
      /** Something is wrong. */
      readonly verdict: "illegal";
      /** How many events were looked at. */
      readonly events: number;
      /** All that was found, watch by watch: never empty. */
      readonly violations: readonly WatchViolation[];
    };

/**
 * Looks whether each watch has told every acknowledged change once, in order and as it was written, or a `reset` and a replay
 * that cover it; whether all of them tell the same changes of each resource one after another, those too whose
 * outcome nobody was told; whether no bookmark is ahead; and whether their readers end up with what there is. Changes are
 * known by resource and revision, so that the history has to have them.
 *
 * @example
 * const put = { client: 1, resource: "a", input: { verb: "apply", body: "1" } } as const;
 * const history = [{ ...put, result: { type: "created", revision: "r1" }, call: 2, return: 3 }] as const;
 * const events = [{ type: "bookmark", at: 1 }] as const;
 * const final = [{ resource: "a", body: "1", revision: "r1" }];
 * checkWatches(history, [{ name: "all", events, final }]).verdict; // "illegal": the write is missing
 */
export function checkWatches(
  history: readonly Operation[],
  watches: readonly ObservedWatch[],
): WatchVerdict {
  const changes = new KnownChanges(history);
  const cursors = liveCursors(watches);
  const readings = watches.map((watch) => readWatch(watch, changes, cursors));
  const violations = [
    ...readings.flatMap((reading) => [
      ...reading.violations,
      ...missingChanges(reading, changes),
      ...endOf(reading),
    ]),
    ...disagreements(readings),
    ...inventions(watches, changes),
  ];
  const events = watches.reduce((sum, watch) => sum + watch.events.length, 0);
  return violations.length === 0
    ? { verdict: "ok", events }
    : { verdict: "illegal", events, violations };
}

/** Which change each cursor stands behind. Those of a replay stand behind none. */
function liveCursors(watches: readonly ObservedWatch[]): ReadonlyMap<string, ObservedChange> {
  const cursors = new Map<string, ObservedChange>();
  for (const { knew, events } of watches) {
    let isReplay = knew === undefined;
    for (const event of events) {
      if (event.type === "reset") isReplay = true;
      else if (event.type === "bookmark") isReplay = false;
      else if (!isReplay && event.cursor !== undefined) cursors.set(event.cursor, event);
    }
  }
  return cursors;
}

/** What the reader has in the end and should not have, or the other way round. */
function endOf({ watch, known }: WatchReading): readonly WatchViolation[] {
  if (watch.final === undefined) return [];
  const there = new Map(watch.final.map((each) => [each.resource, each]));
  const told = Map.groupBy(
    watch.events.filter((event) => "resource" in event),
    ({ resource }) => resource,
  );
  const resources = new Set([...there.keys(), ...known.keys()]);
  return [...resources].flatMap((resource) => {
    const [has, is] = [known.get(resource), there.get(resource)];
    if (has?.revision === is?.revision && has?.body === is?.body) return [];
    const what = `${resource}: its reader ends up with ${has?.revision ?? "nothing"}, and ${is?.revision ?? "nothing"} is there`;
    const place = { rule: "reliable", watch: watch.name, resource } as const;
    return [violation(place, what, { events: told.get(resource)?.slice(-3) ?? [] })];
  });
}

/** Two watches that go on differently from the same state: one of them has lost something, or tells it in another order. */
function disagreements(readings: readonly WatchReading[]): readonly WatchViolation[] {
  const first = new Map<
    string,
    { readonly to: string; readonly event: ObservedChange; readonly watch: string }
  >();
  const found: WatchViolation[] = [];
  for (const { watch, steps } of readings) {
    for (const { resource, from, to, event } of steps) {
      const before = versionOf({ resource, revision: from });
      const other = first.get(before);
      if (other === undefined) first.set(before, { to, event, watch: watch.name });
      else if (other.to !== to) {
        const what = `${resource}: after ${from} comes ${to}, and in ${other.watch} it is ${other.to}`;
        const place = { rule: "ordered", watch: watch.name, resource } as const;
        found.push(violation(place, what, { events: [event, other.event] }));
      }
    }
  }
  return found;
}

/** More revisions of what was written with unknown outcome than there are such writes: each can have happened once. */
function inventions(
  watches: readonly ObservedWatch[],
  changes: KnownChanges,
): readonly WatchViolation[] {
  const byState = new Map<
    string,
    Map<string, { readonly event: ObservedChange; readonly watch: string }>
  >();
  for (const { name, events } of watches) {
    for (const event of events) {
      if (!("resource" in event) || changes.of(event) !== undefined) continue;
      const key = JSON.stringify([event.resource, event.body]);
      const revisions =
        byState.get(key) ?? new Map<string, { event: ObservedChange; watch: string }>();
      revisions.set(event.revision, { event, watch: name });
      byState.set(key, revisions);
    }
  }
  return [...byState.values()].flatMap((revisions) => {
    const shown = [...revisions.values()];
    const [one] = shown;
    if (one === undefined) return [];
    const writes = changes.unknownOnes(one.event, Infinity);
    // One that nobody wrote at all was found where it was read.
    if (writes === 0 || shown.length <= writes) return [];
    const { resource } = one.event;
    const what = `${resource}: ${shown.length} revisions come of ${writes} writes of unknown outcome`;
    const place = { rule: "unique", watch: one.watch, resource } as const;
    return [violation(place, what, { events: shown.map(({ event }) => event) })];
  });
}
