/** One bug for each requirement of the WATCH chapter. */

import type { Cursor, Resource, Revision, StoreBackend, WatchEvent } from "@engenho/sdk";
import {
  type Bug,
  changing,
  changingInitialState,
  distorting,
  type KnownBug,
  watchWith,
  withBug,
} from "./broken-backend.ts";

/** The bug that each requirement is there for, and what its failure says. */
export const watchBugs: readonly KnownBug[] = [
  [
    "WATCH-001",
    "replays in reverse order",
    /initial state, compared with a list/,
    changingInitialState((events) => events.toReversed()),
  ],
  ["WATCH-002", "begins with a reset", /expected "bookmark", got "reset"/, distorting(resetFirst)],
  [
    "WATCH-003",
    "calls every change added",
    /item 1 of the list should be "modified", it is "added"/,
    changing((event) => (event.type === "modified" ? { ...event, type: "added" } : event)),
  ],
  [
    "WATCH-004",
    "delivers deleted without the body",
    /events of two deletes: body/,
    changing((event) =>
      event.type === "deleted" ? withResource(event, { body: new Uint8Array() }) : event,
    ),
  ],
  [
    "WATCH-005",
    "writes identical bytes again",
    /events that should not be/,
    rewritesIdenticalBytes,
  ],
  [
    "WATCH-006",
    "announces a write before it checks the precondition",
    /events that should not be/,
    announcesConflicts,
  ],
  ["WATCH-007", "ignores the format", /format of the added event in json/, ignoresFormat],
  [
    "WATCH-008",
    "claims that everything is in the format asked for",
    /expected "native", got "yaml"/,
    mislabels,
  ],
  [
    "WATCH-009",
    "delivers every namespace",
    /events of other kinds and namespaces/,
    ignoresNamespace,
  ],
  [
    "WATCH-009",
    "takes kinds by their beginning",
    /events of other kinds and namespaces/,
    takesKindsByPrefix,
  ],
  [
    "WATCH-010",
    "leaves out what is cluster-scoped",
    /initial state of a watch of every namespace/,
    changing((event) =>
      "resource" in event && event.resource.ref.namespace === undefined ? undefined : event,
    ),
  ],
  [
    "WATCH-011",
    "registers after its replay",
    /end of its history|compared with a list/,
    registersLate,
  ],
  ["WATCH-011", "replays after it has registered", /end of its history/, replaysLate],
  [
    "WATCH-012",
    "delivers modifications twice",
    /events of one resource/,
    distorting(everyModificationTwice),
  ],
  ["WATCH-013", "gives an event to one of several watches", /watch \d of 4/, competesForEvents],
  [
    "WATCH-014",
    "loses the first missed change",
    /changes that a resumed watch delivers/,
    distorting(losesFirstMissed),
  ],
  [
    "WATCH-015",
    "delivers the cursor's own event again",
    /changes that a resumed watch delivers/,
    repeatsCursorsEvent,
  ],
  [
    "WATCH-016",
    "gives bookmarks the cursor of the store's beginning",
    /changes that a resumed watch delivers/,
    staleBookmarks,
  ],
  [
    "WATCH-017",
    "takes an unknown cursor for the present",
    /expected "reset", got "bookmark"/,
    distorting(hidesResets),
  ],
  [
    "WATCH-019",
    "ignores bufferLimit",
    /expected "reset", got "added"/,
    withBufferLimit(() => 1_024),
  ],
  [
    "WATCH-019",
    "drops what does not fit, silently",
    /expected "reset", got "added"/,
    distorting(hidesResets),
  ],
  [
    "WATCH-020",
    "counts one event too many",
    /got a reset/,
    withBufferLimit((limit) => Math.max(1, limit - 1)),
  ],
  [
    "WATCH-021",
    "counts the initial state as waiting",
    /a reset event stands in the initial state/,
    changingInitialState((events, bufferLimit) =>
      events.length > bufferLimit ? [{ type: "reset", reason: "too much" }, ...events] : events,
    ),
  ],
  [
    "WATCH-022",
    "delivers after close what was waiting",
    /expected the end, got a bookmark/,
    deliversAfterClose,
  ],
  [
    "WATCH-023",
    "ignores a signal that is aborted already",
    /but it resolved/,
    ignoresAbortedSignals,
  ],
  [
    "WATCH-024",
    "fails watches when the backend closes",
    /the backend is gone/,
    distorting(failsAtTheEnd),
  ],
  ["WATCH-025", "goes on after the loop was left", /goes on after the loop/, outlivesLoops],
  [
    "WATCH-026",
    "never takes a watch off its count",
    /subscriberCount after one was closed/,
    countsForever,
  ],
  ["WATCH-027", "gives every watch the same bytes", /body in another watch/, sharesBodies],
  ["WATCH-028", "serves reads that lag behind", /which is newer/, lagsBehind],
  [
    "WATCH-029",
    "resets once more than is needed",
    /a reset event stands in the initial state/,
    distorting(resetsTwice),
  ],
  [
    "WATCH-032",
    "takes the bookmark's cursor when it is read",
    /changes that a resumed watch delivers/,
    bookmarksLate,
  ],
  [
    "WATCH-033",
    "calls a re-creation a modification",
    /events of a create, a delete and a create/,
    forgetsDeletions,
  ],
  ["WATCH-034", "drops what does not fit, silently", /Property failed/, distorting(hidesResets)],
  [
    "WATCH-035",
    "gives replayed events the bookmark's cursor",
    /compared with a list/,
    changingInitialState((events, _, bookmark) =>
      events.map((event) =>
        "cursor" in event && "cursor" in bookmark ? { ...event, cursor: bookmark.cursor } : event,
      ),
    ),
  ],
  [
    "WATCH-037",
    "is left no sooner than the next event comes",
    /left: the iteration did not end|return did not resolve/,
    leavesWithTheNextEvent,
  ],
];

type Events = AsyncIterable<WatchEvent>;

function withResource<T extends Extract<WatchEvent, { resource: Resource }>>(
  event: T,
  parts: Partial<Resource>,
): T {
  return { ...event, resource: { ...event.resource, ...parts } };
}

async function* resetFirst(events: Events): Events {
  yield { type: "reset", reason: "for no reason" };
  yield* events;
}

async function* everyModificationTwice(events: Events): Events {
  for await (const event of events) {
    yield event;
    if (event.type === "modified") yield event;
  }
}

async function* losesFirstMissed(
  events: Events,
  { isResumed }: { readonly isResumed: boolean },
): Events {
  let isLost = !isResumed;
  for await (const event of events) {
    if (!isLost && event.type !== "bookmark") isLost = true;
    else yield event;
  }
}

/** Leaves out a reset with the state that follows it, but not the bookmark. */
export async function* hidesResets(events: Events): Events {
  let isHiding = false;
  for await (const event of events) {
    if (event.type === "reset") isHiding = true;
    else if (event.type === "bookmark") isHiding = false;
    if (!isHiding) yield event;
  }
}

async function* resetsTwice(events: Events): Events {
  for await (const event of events) {
    yield event;
    if (event.type === "reset") yield event;
  }
}

async function* failsAtTheEnd(events: Events): Events {
  yield* events;
  throw new Error("the backend is gone");
}

function rewritesIdenticalBytes(sound: StoreBackend): Partial<StoreBackend> {
  return {
    apply: async (format, body, options) => {
      const result = await sound.apply(format, body, options);
      if (result.operation !== "unchanged") return result;
      await sound.delete(result.ref);
      return sound.apply(format, body);
    },
  };
}

function announcesConflicts(sound: StoreBackend): Partial<StoreBackend> {
  return {
    apply: async (format, body, options) => {
      try {
        return await sound.apply(format, body, options);
      } catch (error) {
        if (options?.ifRevision !== undefined) await sound.apply(format, body);
        throw error;
      }
    },
  };
}

function ignoresFormat(sound: StoreBackend): Partial<StoreBackend> {
  return { watch: (kind, namespace, _, options) => sound.watch(kind, namespace, "yaml", options) };
}

function mislabels(sound: StoreBackend): Partial<StoreBackend> {
  return {
    watch: async (kind, namespace, format, options) => {
      const bug = changing((event) =>
        "resource" in event ? withResource(event, { format }) : event,
      );
      return withBug(sound, bug).watch(kind, namespace, format, options);
    },
  };
}

function ignoresNamespace(sound: StoreBackend): Partial<StoreBackend> {
  return { watch: (kind, _, format, options) => sound.watch(kind, undefined, format, options) };
}

/** Delivers what is there of a longer kind's name too. */
function takesKindsByPrefix(sound: StoreBackend): Partial<StoreBackend> {
  return {
    watch: async (kind, namespace, format, options) => {
      const { items } = await sound.list(`${kind}s`, namespace, format);
      const watch = await sound.watch(kind, namespace, format, options);
      return watchWith(
        watch,
        (async function* () {
          for (const resource of items) yield { type: "added", resource, cursor: "" as Cursor };
          yield* watch;
        })(),
      );
    },
  };
}

async function* joined(items: readonly Resource[], cursor: Cursor, live: Events): Events {
  for (const resource of items) yield { type: "added", resource, cursor };
  yield { type: "bookmark", cursor };
  yield* live;
}

/** What follows the first bookmark. */
async function* afterBookmark(events: Events): Events {
  let isLive = false;
  for await (const event of events) {
    if (isLive) yield event;
    else isLive = event.type === "bookmark";
  }
}

function registersLate(sound: StoreBackend): Partial<StoreBackend> {
  return {
    watch: async (kind, namespace, format, options) => {
      const { items, cursor } = await sound.list(kind, namespace, format);
      for (let i = 0; i < 20; i++) await Promise.resolve();
      const watch = await sound.watch(kind, namespace, format, options);
      return watchWith(watch, joined(items, cursor, afterBookmark(watch)));
    },
  };
}

function replaysLate(sound: StoreBackend): Partial<StoreBackend> {
  return {
    watch: async (kind, namespace, format, options) => {
      const watch = await sound.watch(kind, namespace, format, options);
      for (let i = 0; i < 20; i++) await Promise.resolve();
      const { items, cursor } = await sound.list(kind, namespace, format);
      return watchWith(watch, joined(items, cursor, afterBookmark(watch)));
    },
  };
}

/** The first watch to meet an event keeps it from the others; only the latest ones reach everybody. */
function competesForEvents(sound: StoreBackend): Partial<StoreBackend> {
  const taken = new Set<Revision>();
  const bug = changing((event) => {
    if (!("resource" in event) || event.resource.ref.name !== "one") return event;
    if (taken.has(event.resource.revision)) return undefined;
    taken.add(event.resource.revision);
    return event;
  });
  return bug(sound);
}

function repeatsCursorsEvent(sound: StoreBackend): Partial<StoreBackend> {
  const delivered = new Map<Cursor, WatchEvent>();
  return {
    watch: async (kind, namespace, format, options) => {
      const watch = await sound.watch(kind, namespace, format, options);
      const again = options?.since === undefined ? undefined : delivered.get(options.since);
      return watchWith(
        watch,
        (async function* () {
          if (again !== undefined) yield again;
          for await (const event of watch) {
            if ("resource" in event) delivered.set(event.cursor, event);
            yield event;
          }
        })(),
      );
    },
  };
}

function staleBookmarks(sound: StoreBackend): Partial<StoreBackend> {
  const beginning = sound.list("ConfigMap", undefined, "yaml").then(({ cursor }) => cursor);
  const bug = distorting(async function* (events) {
    for await (const event of events)
      yield event.type === "bookmark" ? { ...event, cursor: await beginning } : event;
  });
  return bug(sound);
}

function bookmarksLate(sound: StoreBackend): Partial<StoreBackend> {
  const bug = distorting(async function* (events) {
    for await (const event of events) {
      if (event.type !== "bookmark") yield event;
      else yield { ...event, cursor: (await sound.list("ConfigMap", undefined, "yaml")).cursor };
    }
  });
  return bug(sound);
}

function withBufferLimit(change: (limit: number) => number): Bug {
  return (sound) => ({
    watch: (kind, namespace, format, options = {}) =>
      sound.watch(kind, namespace, format, {
        ...options,
        bufferLimit: change(options.bufferLimit ?? 1_024),
      }),
  });
}

function deliversAfterClose(sound: StoreBackend): Partial<StoreBackend> {
  const bug = distorting(async function* (events) {
    yield* events;
    yield { type: "bookmark", cursor: "" as Cursor };
  });
  return bug(sound);
}

function ignoresAbortedSignals(sound: StoreBackend): Partial<StoreBackend> {
  return {
    watch: (kind, namespace, format, { signal, ...options } = {}) =>
      sound.watch(
        kind,
        namespace,
        format,
        signal === undefined || signal.aborted ? options : { ...options, signal },
      ),
  };
}

function outlivesLoops(sound: StoreBackend): Partial<StoreBackend> {
  return {
    watch: async (kind, namespace, format, options) => {
      const watch = await sound.watch(kind, namespace, format, options);
      const iterator = watch[Symbol.asyncIterator]();
      return watchWith(watch, { [Symbol.asyncIterator]: () => ({ next: () => iterator.next() }) });
    },
  };
}

/** An async generator's `return` queues behind a `next` that waits. */
function leavesWithTheNextEvent(sound: StoreBackend): Partial<StoreBackend> {
  return {
    watch: async (...args) => {
      const watch = await sound.watch(...args);
      const close = (): Promise<void> => watch.close();
      async function* events(): AsyncGenerator<WatchEvent, undefined> {
        yield* watch;
      }
      return { close, [Symbol.asyncDispose]: close, [Symbol.asyncIterator]: events };
    },
  };
}

function countsForever(sound: StoreBackend): Partial<StoreBackend> {
  let count = 0;
  return {
    watch: (kind, namespace, format, options) => {
      count++;
      return sound.watch(kind, namespace, format, options);
    },
    subscriberCount: () => count,
  };
}

function sharesBodies(sound: StoreBackend): Partial<StoreBackend> {
  const bodies = new Map<Revision, Uint8Array>();
  const bug = changing((event) => {
    if (!("resource" in event)) return event;
    const { revision, body } = event.resource;
    const shared = bodies.get(revision) ?? body;
    bodies.set(revision, shared);
    return withResource(event, { body: shared });
  });
  return bug(sound);
}

function lagsBehind(sound: StoreBackend): Partial<StoreBackend> {
  let before: Resource | undefined;
  return {
    get: async (ref, format, options) => {
      const now = await sound.get(ref, format, options);
      const shown = before ?? now;
      before = now;
      return shown;
    },
  };
}

function forgetsDeletions(sound: StoreBackend): Partial<StoreBackend> {
  const known = new Set<string>();
  const bug = changing((event) => {
    if (event.type !== "added") return event;
    const { name } = event.resource.ref;
    if (known.has(name)) return { ...event, type: "modified" };
    known.add(name);
    return event;
  });
  return bug(sound);
}
