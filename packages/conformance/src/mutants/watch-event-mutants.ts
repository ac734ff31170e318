/** Mutants whose watches deliver something else than what happened. */

import type { Resource, Revision, WatchEvent } from "@engenho/sdk";
import { nextTurn } from "../harness/next-turn.ts";
import { type Bug, inMemory } from "./bug.ts";
import type { Mutant } from "./mutant.ts";
import {
  changing,
  changingInitialState,
  distorting,
  type Events,
  opening,
  watchWith,
} from "./watch-bug.ts";

export const watchEventMutants: readonly Mutant[] = [
  {
    id: "watch-replays-in-reverse",
    title: "replays the present state in reverse order",
    breaks: [
      "WATCH-001",
      "WATCH-010",
      "WATCH-014",
      "WATCH-015",
      "WATCH-017",
      "WATCH-021",
      "WATCH-029",
      "WATCH-032",
      "WATCH-035",
    ],
    mayFail: ["WATCH-034"],
    says: /initial state/,
    make: inMemory(changingInitialState((events) => events.toReversed())),
  },
  {
    id: "watch-begins-with-reset",
    title: "begins a watch of a namespace without resources with a reset",
    breaks: ["WATCH-002", "WATCH-009", "WATCH-007"],
    says: /expected "bookmark", got "reset"/,
    make: inMemory(
      opening(async (sound, [kind, namespace, format, options], reached) => {
        const watch = await sound.watch(kind, namespace, format, options);
        const { items } = await sound.list(kind, namespace, format);
        if (items.length > 0 || namespace === undefined) return watch;
        reached();
        return watchWith(watch, resetFirst(watch));
      }),
    ),
  },
  {
    id: "watch-update-as-added",
    title: "announces an update as added",
    breaks: [
      "WATCH-003",
      "CONC-009",
      "WATCH-007",
      "WATCH-011",
      "WATCH-012",
      "WATCH-014",
      "WATCH-015",
      "WATCH-020",
      "WATCH-032",
    ],
    says: /item 1 of the list should be "modified", it is "added"/,
    make: inMemory(
      changing((event) => (event.type === "modified" ? { ...event, type: "added" } : event)),
    ),
  },
  {
    id: "watch-deleted-without-body",
    title: "delivers deleted without the body",
    breaks: [
      "WATCH-004",
      "WATCH-007",
      "WATCH-012",
      "WATCH-014",
      "WATCH-015",
      "WATCH-032",
      "WATCH-033",
    ],
    says: /events of two deletes: body/,
    make: inMemory(
      changing((event) =>
        event.type === "deleted" ? withResource(event, { body: new Uint8Array() }) : event,
      ),
    ),
  },
  {
    id: "watch-deleted-with-first-body",
    title: "delivers deleted with the body that the resource was created with",
    breaks: ["WATCH-004", "WATCH-007", "WATCH-012"],
    make: inMemory(rememberingFirstBodies),
  },
  {
    id: "watch-mislabels-format",
    title: "says of every event that it is in the format asked for",
    breaks: ["WATCH-008"],
    says: /expected "native", got "yaml"/,
    make: inMemory((sound, reached) => ({
      watch: async (kind, namespace, format, options) => {
        const bug = changing((event) =>
          "resource" in event && event.resource.format !== format
            ? withResource(event, { format })
            : event,
        );
        return (bug(sound, reached).watch ?? sound.watch)(kind, namespace, format, options);
      },
    })),
  },
  {
    id: "watch-omits-cluster-scoped",
    title: "leaves what is cluster-scoped out of a watch of every namespace",
    breaks: ["WATCH-010"],
    says: /initial state of a watch of every namespace/,
    make: inMemory(
      changing((event) =>
        "resource" in event && event.resource.ref.namespace === undefined ? undefined : event,
      ),
    ),
  },
  {
    id: "watch-modified-twice",
    title: "delivers modifications twice",
    breaks: [
      "WATCH-012",
      "CONC-009",
      "WATCH-003",
      "WATCH-004",
      "WATCH-007",
      "WATCH-011",
      "WATCH-014",
      "WATCH-015",
      "WATCH-020",
      "WATCH-032",
    ],
    says: /events of one resource/,
    make: inMemory(
      distorting(async function* (events, reached) {
        for await (const event of events) {
          yield event;
          if (event.type !== "modified") continue;
          reached();
          yield event;
        }
      }),
    ),
  },
  {
    id: "watch-reorders-resource",
    title: "delivers a modification before the one that came first",
    breaks: [
      "WATCH-012",
      "CONC-009",
      "WATCH-003",
      "WATCH-004",
      "WATCH-007",
      "WATCH-011",
      "WATCH-014",
      "WATCH-020",
      "WATCH-034",
    ],
    mayFail: ["WATCH-015", "WATCH-032"],
    make: inMemory(swappingModifications),
  },
  {
    id: "watch-competes-for-events",
    title: "gives an event to one of several watches",
    breaks: ["WATCH-013", "WATCH-015", "WATCH-032", "WATCH-035"],
    says: /watch \d+ of 50/,
    make: inMemory(competesForEvents),
  },
  {
    id: "watch-unmarked-overflow",
    title: "drops what does not fit, and the reset with it",
    breaks: ["WATCH-019", "WATCH-034", "WATCH-017", "WATCH-029", "WATCH-035"],
    says: /expected "reset", got "added"/,
    make: inMemory(distorting(hidesResets)),
  },
  {
    id: "watch-counts-replay-as-waiting",
    title: "counts the initial state as waiting, and resets",
    breaks: ["WATCH-021", "WATCH-001"],
    says: /a reset event stands in the initial state/,
    make: inMemory(
      changingInitialState((events, bufferLimit) =>
        events.length > bufferLimit ? [{ type: "reset", reason: "too much" }, ...events] : events,
      ),
    ),
  },
  {
    id: "watch-shares-bodies",
    title: "gives every watch the same bytes",
    breaks: ["WATCH-027"],
    says: /body in another watch/,
    make: inMemory(sharesBodies),
  },
  {
    id: "watch-resets-twice",
    title: "delivers each reset twice",
    breaks: ["WATCH-029", "WATCH-017", "WATCH-019"],
    says: /a reset event stands in the initial state/,
    make: inMemory(
      distorting(async function* (events, reached) {
        for await (const event of events) {
          yield event;
          if (event.type !== "reset") continue;
          reached();
          yield event;
        }
      }),
    ),
  },
  {
    id: "watch-forgets-deletions",
    title: "calls a re-creation a modification",
    breaks: ["WATCH-033", "CONC-009", "WATCH-011", "WATCH-012"],
    says: /events of a create, a delete and a create/,
    make: inMemory(
      distorting(async function* (events, reached) {
        const known = new Set<string>();
        for await (const event of events) {
          const name = "resource" in event ? JSON.stringify(event.resource.ref) : "";
          if (event.type === "reset") known.clear();
          if (event.type === "added" && known.has(name)) {
            reached();
            yield { ...event, type: "modified" };
          } else yield event;
          known.add(name);
        }
      }),
    ),
  },
];

async function* resetFirst(events: Events): Events {
  yield { type: "reset", reason: "for no reason" };
  yield* events;
}

function withResource<T extends Extract<WatchEvent, { resource: Resource }>>(
  event: T,
  parts: Partial<Resource>,
): T {
  return { ...event, resource: { ...event.resource, ...parts } };
}

/** Leaves out a reset with the state that follows it, but not the bookmark. */
async function* hidesResets(events: Events, reached: () => void): Events {
  let isHiding = false;
  for await (const event of events) {
    if (event.type === "reset") isHiding = true;
    else if (event.type === "bookmark") isHiding = false;
    if (isHiding) reached();
    else yield event;
  }
}

function rememberingFirstBodies(...[sound, reached]: Parameters<Bug>): ReturnType<Bug> {
  const first = new Map<string, Uint8Array>();
  const bug = changing((event) => {
    if (!("resource" in event)) return event;
    const { ref, body } = event.resource;
    const key = `${ref.namespace}/${ref.name}`;
    if (event.type === "added" || !first.has(key)) first.set(key, body.slice());
    return event.type === "deleted" ? withResource(event, { body: first.get(key) ?? body }) : event;
  });
  return bug(sound, reached);
}

/** Holds a modification back until the next one of its resource is there, or until nothing else is. */
function swappingModifications(...[sound, reached]: Parameters<Bug>): ReturnType<Bug> {
  const bug = distorting(async function* (events) {
    const iterator = events[Symbol.asyncIterator]();
    let held: Change | undefined;
    try {
      for (let next = iterator.next(); ; next = iterator.next()) {
        if (held !== undefined && !(await isThere(next))) {
          yield held;
          held = undefined;
        }
        const { value: event, done } = await next;
        if (done === true) return;
        if (held === undefined) {
          if (event.type === "modified") held = event;
          else yield event;
          continue;
        }
        yield event;
        if (nameOf(event) !== held.resource.ref.name) continue;
        reached();
        yield held;
        held = undefined;
      }
    } finally {
      await iterator.return?.();
    }
  });
  return bug(sound, reached);
}

type Change = Extract<WatchEvent, { resource: Resource }>;

function nameOf(event: WatchEvent): string | undefined {
  return "resource" in event ? event.resource.ref.name : undefined;
}

/** Whether the next event comes within a turn. */
async function isThere(next: Promise<IteratorResult<WatchEvent>>): Promise<boolean> {
  // Whoever awaits it sees how it went.
  const result = await Promise.race([next.catch(() => true), nextTurn()]);
  return result !== undefined;
}

/** The first watch to meet an event keeps it from the others; only the latest ones reach everybody. */
function competesForEvents(...[sound, reached]: Parameters<Bug>): ReturnType<Bug> {
  const taken = new Set<Revision>();
  const bug = changing((event) => {
    if (!("resource" in event) || event.resource.ref.name !== "one") return event;
    if (taken.has(event.resource.revision)) return undefined;
    taken.add(event.resource.revision);
    return event;
  });
  return bug(sound, reached);
}

function sharesBodies(...[sound, reached]: Parameters<Bug>): ReturnType<Bug> {
  const bodies = new Map<string, Uint8Array>();
  const bug = changing((event) => {
    if (!("resource" in event)) return event;
    const { revision, format, body } = event.resource;
    const key = `${revision} ${format}`;
    const shared = bodies.get(key);
    if (shared !== undefined) return withResource(event, { body: shared });
    bodies.set(key, body);
    return event;
  });
  return bug(sound, reached);
}
