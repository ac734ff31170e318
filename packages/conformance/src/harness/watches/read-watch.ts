/** Reads what a watch has told as a faithful reader does, and finds what cannot follow on what came before. */

import type { KnownChanges } from "./known-changes.ts";
import {
  type ObservedChange,
  type ObservedEvent,
  type ObservedWatch,
  type ShownResource,
  versionOf,
} from "./observed-watch.ts";
import { showEvent, violation, type WatchRule, type WatchViolation } from "./watch-violation.ts";

/** From a replay to the next one. */
interface Segment {
  /** What was there when it began, as far as it was told. */
  readonly shown: Map<string, ShownResource>;
  /** When that was known; Infinity while a replay has not ended. */
  at: number;
  /** By resource: of the changes that were told after that, when the one was called that was called last. */
  readonly lastCalls: Map<string, number>;
}

/** One change of a resource after another, as a watch tells it without a replay between them. */
interface Step {
  readonly resource: string;
  /** The revision that was there; of a resource that was deleted, the last one, with that said. */
  readonly from: string;
  /** What is there now: a revision, or `deleted`. */
  readonly to: string;
  readonly event: ObservedChange;
}

/** What a watch comes to. */
export interface WatchReading {
  readonly watch: ObservedWatch;
  readonly segments: readonly Segment[];
  readonly steps: readonly Step[];
  /** What its reader knows in the end. */
  readonly known: ReadonlyMap<string, ShownResource>;
  /** Every version that it was shown. */
  readonly seen: ReadonlySet<string>;
  readonly violations: readonly WatchViolation[];
}

/** Reads one watch. `cursors` are those of the changes that any watch has told, as they happened. */
export function readWatch(
  watch: ObservedWatch,
  changes: KnownChanges,
  cursors: ReadonlyMap<string, ObservedChange>,
): WatchReading {
  const reader = new WatchReader(watch, changes, cursors);
  for (const event of watch.events) reader.read(event);
  return reader;
}

class WatchReader implements WatchReading {
  readonly watch: ObservedWatch;
  readonly segments: Segment[];
  readonly steps: Step[] = [];
  readonly known = new Map<string, ShownResource>();
  readonly seen = new Set<string>();
  readonly violations: WatchViolation[] = [];
  readonly #changes: KnownChanges;
  readonly #cursors: ReadonlyMap<string, ObservedChange>;
  /** Versions that it was told are gone. */
  readonly #passed = new Set<string>();
  /** The last revision of each resource that was told to be deleted. */
  readonly #deleted = new Map<string, string>();
  /** By resource: of the changes that were told live, the one that was called last. */
  readonly #latest = new Map<string, ObservedChange>();
  #segment: Segment;

  constructor(
    watch: ObservedWatch,
    changes: KnownChanges,
    cursors: ReadonlyMap<string, ObservedChange>,
  ) {
    this.watch = watch;
    this.#changes = changes;
    this.#cursors = cursors;
    this.#segment = { shown: new Map(), at: watch.knew?.at ?? Infinity, lastCalls: new Map() };
    this.segments = [this.#segment];
    for (const each of watch.knew?.resources ?? []) this.#show(each);
  }

  read(event: ObservedEvent): void {
    if (event.type === "reset") this.#startOver();
    else if (event.type === "bookmark") this.#mark(event);
    else if (this.#segment.at === Infinity) this.#replayed(event);
    else this.#live(event);
  }

  #startOver(): void {
    this.known.clear();
    this.#deleted.clear();
    this.#segment = { shown: new Map(), at: Infinity, lastCalls: new Map() };
    this.segments.push(this.#segment);
  }

  #mark(event: Extract<ObservedEvent, { readonly type: "bookmark" }>): void {
    if (this.#segment.at === Infinity) this.#segment.at = event.at;
    const change = event.cursor === undefined ? undefined : this.#cursors.get(event.cursor);
    if (change === undefined || !this.#concerns(change.resource)) return;
    const isTold =
      change.type === "deleted"
        ? this.known.get(change.resource)?.revision !== change.revision
        : this.seen.has(versionOf(change));
    if (isTold) return;
    this.#report("bookmarkable", change.resource, "a bookmark is ahead of a change not told yet", [
      event,
      change,
    ]);
  }

  #replayed(event: ObservedChange): void {
    const { resource } = event;
    if (event.type !== "added")
      this.#report("faithful", resource, `${event.type} stands in a replay`, [event]);
    else if (this.#segment.shown.has(resource))
      this.#report("unique", resource, "a replay shows it twice", [event]);
    this.#judge(event);
    this.#show(event);
  }

  #live(event: ObservedChange): void {
    const { resource, revision } = event;
    const before = this.known.get(resource);
    if ((event.type === "added") !== (before === undefined)) {
      const was = before === undefined ? "it is not there" : `it is there as ${before.revision}`;
      this.#report("reliable", resource, `${event.type} cannot come while ${was}`, [event]);
    }
    if (event.type === "deleted") this.#removed(event, before);
    else {
      if (this.seen.has(versionOf(event)))
        this.#report("unique", resource, `${revision} is told again`, [event]);
      this.#judge(event);
      this.#judgeType(event);
      this.#judgeOrder(event);
      this.seen.add(versionOf(event));
      const from = before?.revision ?? deletedAfter(this.#deleted.get(resource));
      if (from !== undefined) this.steps.push({ resource, from, to: revision, event });
      if (before !== undefined) this.#passed.add(versionOf(before));
      this.known.set(resource, event);
    }
  }

  #removed(event: ObservedChange, before: ShownResource | undefined): void {
    const { resource, revision, body } = event;
    if (before !== undefined && (before.revision !== revision || before.body !== body))
      this.#report("faithful", resource, `what is deleted was told to be ${before.revision}`, [
        event,
      ]);
    if (before !== undefined)
      this.steps.push({ resource, from: before.revision, to: "deleted", event });
    this.known.delete(resource);
    this.#passed.add(versionOf(event));
    this.#deleted.set(resource, revision);
  }

  #show(shown: ShownResource): void {
    this.#segment.shown.set(shown.resource, shown);
    this.known.set(shown.resource, shown);
    this.seen.add(versionOf(shown));
  }

  /** Whether it is what was written. */
  #judge(event: ObservedChange): void {
    const { resource, revision, body } = event;
    if (this.#passed.has(versionOf(event)))
      this.#report("ordered", resource, `${revision} is shown though it was told to be gone`, [
        event,
      ]);
    const change = this.#changes.of(event);
    if (change === undefined) {
      if (this.#changes.unknownOnes(event, event.at) === 0)
        this.#report("faithful", resource, `nobody wrote ${showEvent(event)}`, [event]);
      return;
    }
    if (change.input.body !== body)
      this.#report("faithful", resource, "something else was written", [event], [change]);
    if (change.call > event.at)
      this.#report("faithful", resource, "it is told before anybody wrote it", [event], [change]);
  }

  #judgeType(event: ObservedChange): void {
    const change = this.#changes.of(event);
    if (change === undefined || (change.result.type === "created") === (event.type === "added"))
      return;
    const what = `what was ${change.result.type} is told as ${event.type}`;
    this.#report("faithful", event.resource, what, [event], [change]);
  }

  #judgeOrder(event: ObservedChange): void {
    const change = this.#changes.of(event);
    if (change === undefined) return;
    const { lastCalls } = this.#segment;
    lastCalls.set(
      event.resource,
      Math.max(change.call, lastCalls.get(event.resource) ?? -Infinity),
    );
    const latest = this.#latest.get(event.resource);
    const later = latest === undefined ? undefined : this.#changes.of(latest);
    if (latest !== undefined && later !== undefined && change.return < later.call)
      this.#report(
        "ordered",
        event.resource,
        "a change is told after one that began when it had ended",
        [latest, event],
        [change, later],
      );
    if (later === undefined || change.call > later.call) this.#latest.set(event.resource, event);
  }

  #concerns(resource: string): boolean {
    return this.watch.concerns?.(resource) ?? true;
  }

  #report(
    rule: WatchRule,
    resource: string,
    what: string,
    events: readonly ObservedEvent[],
    operations: Parameters<typeof violation>[2]["operations"] = [],
  ): void {
    const place = { rule, watch: this.watch.name, resource };
    this.violations.push(violation(place, `${resource}: ${what}`, { events, operations }));
  }
}

function deletedAfter(revision: string | undefined): string | undefined {
  return revision === undefined ? undefined : `deleted after ${revision}`;
}
