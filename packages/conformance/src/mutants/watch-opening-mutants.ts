/** Mutants whose watches are about the wrong things, begin or go on at the wrong point, or never end. */

import type { Cursor, Resource, ResourceList, StoreBackend, Watch, WatchEvent } from "@engenho/sdk";
import { nextTurn } from "../harness/next-turn.ts";
import { type Bug, inMemory } from "./bug.ts";
import type { Mutant } from "./mutant.ts";
import { changingInitialState, distorting, type Events, opening, watchWith } from "./watch-bug.ts";

export const watchOpeningMutants: readonly Mutant[] = [
  {
    id: "watch-ignores-format",
    title: "gives events in YAML, whatever the watch asks for",
    breaks: ["WATCH-007", "WATCH-014"],
    says: /format of the added event in json/,
    make: inMemory(
      opening((sound, [kind, namespace, format, options], reached) => {
        if (format === "yaml" || format === "x-unknown")
          return sound.watch(kind, namespace, format, options);
        reached();
        return sound.watch(kind, namespace, "yaml", options);
      }),
    ),
  },
  {
    id: "watch-every-namespace",
    title: "delivers every namespace to a watch of one",
    breaks: ["WATCH-009", "CORE-035", "WATCH-002", "WATCH-014", "WATCH-017"],
    says: /events of other kinds and namespaces/,
    make: inMemory(
      opening((sound, [kind, namespace, format, options], reached) => {
        if (namespace === undefined || /^$|\0|\.\./.test(namespace) || namespace.length > 253)
          return sound.watch(kind, namespace, format, options);
        reached();
        return sound.watch(kind, undefined, format, options);
      }),
    ),
  },
  {
    id: "watch-kind-by-prefix",
    title: "takes the kind of a watch for the beginning of one",
    breaks: ["WATCH-009"],
    says: /events of other kinds and namespaces/,
    make: inMemory(opening(takesKindsByPrefix)),
  },
  {
    id: "watch-registers-late",
    title: "registers a watch after its replay, so that there is a gap",
    breaks: ["WATCH-011", "WATCH-019", "WATCH-029", "WATCH-034", "WATCH-035"],
    says: /end of its history|compared with a list/,
    make: inMemory(
      opening(async (sound, [kind, namespace, format, options], reached) => {
        const list = await sound.list(kind, namespace, format).catch(() => undefined);
        if (list === undefined || options?.since !== undefined)
          return sound.watch(kind, namespace, format, options);
        reached();
        for (let i = 0; i < 20; i++) await Promise.resolve();
        return replaying(await sound.watch(kind, namespace, format, options), list);
      }),
    ),
  },
  {
    id: "watch-replays-late",
    title: "replays after it has registered a watch, so that there are duplicates",
    breaks: ["WATCH-011", "WATCH-019", "WATCH-029", "WATCH-034", "WATCH-035"],
    says: /end of its history/,
    make: inMemory(
      opening(async (sound, [kind, namespace, format, options], reached) => {
        const watch = await sound.watch(kind, namespace, format, options);
        if (options?.since !== undefined) return watch;
        reached();
        for (let i = 0; i < 20; i++) await Promise.resolve();
        return replaying(watch, await sound.list(kind, namespace, format));
      }),
    ),
  },
  {
    id: "watch-resume-loses-first",
    title: "loses the first missed change when a watch is resumed",
    breaks: ["WATCH-014", "CONC-010", "WATCH-015", "WATCH-016", "WATCH-017", "WATCH-032"],
    says: /changes that a resumed watch delivers/,
    make: inMemory(distorting(losesFirstMissed)),
  },
  {
    id: "watch-resume-repeats",
    title: "delivers the cursor's own event again when a watch is resumed",
    breaks: ["WATCH-015"],
    says: /changes that a resumed watch delivers/,
    make: inMemory(repeatsCursorsEvent),
  },
  {
    id: "watch-forgets-options",
    title: "forgets the options of a watch, and its cursor with them",
    breaks: [
      "WATCH-014",
      "CORE-055",
      "CORE-090",
      "CONC-010",
      "WATCH-015",
      "WATCH-016",
      "WATCH-017",
      "WATCH-019",
      "WATCH-023",
      "WATCH-026",
      "WATCH-032",
    ],
    make: inMemory(
      opening((sound, [kind, namespace, format, options], reached) => {
        if (options !== undefined) reached();
        return sound.watch(kind, namespace, format);
      }),
    ),
  },
  {
    id: "watch-stale-bookmarks",
    title: "gives bookmarks the cursor of the store's beginning",
    breaks: ["WATCH-016", "WATCH-032"],
    says: /changes that a resumed watch delivers/,
    make: inMemory((sound, reached) => {
      const beginning = sound.list("ConfigMap", undefined, "yaml").then(({ cursor }) => cursor);
      return withCursorOfBookmarks(() => beginning)(sound, reached);
    }),
  },
  {
    id: "watch-bookmark-ahead",
    title: "takes a bookmark's cursor when it is read, ahead of events that are waiting",
    breaks: ["WATCH-032"],
    says: /changes that a resumed watch delivers/,
    make: inMemory((sound, reached) => {
      const now = async (): Promise<Cursor> =>
        (await sound.list("ConfigMap", undefined, "yaml")).cursor;
      return withCursorOfBookmarks(now)(sound, reached);
    }),
  },
  {
    id: "watch-unknown-cursor-is-now",
    title: "takes a cursor that it does not know for the present",
    breaks: ["WATCH-017", "WATCH-035"],
    says: /expected "reset", got "bookmark"/,
    make: inMemory(
      opening(async (sound, [kind, namespace, format, options], reached) => {
        const watch = await sound.watch(kind, namespace, format, options);
        if (options?.since === undefined) return watch;
        return watchWith(watch, withoutFirstReset(watch, reached));
      }),
    ),
  },
  {
    id: "watch-resumes-replay",
    title: "gives replayed events the bookmark's cursor, as if the rest had come",
    breaks: ["WATCH-035"],
    says: /compared with a list/,
    make: inMemory(
      changingInitialState((events, _, bookmark) =>
        events.map((event) =>
          "cursor" in event && "cursor" in bookmark ? { ...event, cursor: bookmark.cursor } : event,
        ),
      ),
    ),
  },
  {
    id: "watch-resumes-though-denied",
    title: "resumes a watch although it says that it cannot",
    breaks: ["WATCH-018"],
    says: /expected "reset", got "added"/,
    make: inMemory((sound, reached) => ({
      capabilities: { ...sound.capabilities, resume: false },
      watch: (kind, namespace, format, options) => {
        if (options?.since !== undefined) reached();
        return sound.watch(kind, namespace, format, options);
      },
    })),
  },
  {
    id: "watch-ignores-buffer-limit",
    title: "keeps 1,024 events for a slow reader, whatever bufferLimit says",
    breaks: ["WATCH-019"],
    says: /expected "reset", got "added"/,
    make: inMemory(withBufferLimit((limit) => Math.max(limit, 1_024))),
  },
  {
    id: "watch-buffer-off-by-one",
    title: "counts one event too many as waiting",
    breaks: ["WATCH-020"],
    says: /got a reset/,
    make: inMemory(withBufferLimit((limit) => Math.max(1, limit - 1))),
  },
  {
    id: "watch-slow-reader-blocks-apply",
    title: "has writers wait until every watch has read what they wrote",
    breaks: ["WATCH-019"],
    mayFail: [
      "CONC-009",
      "CONC-010",
      "WATCH-009",
      "WATCH-012",
      "WATCH-014",
      "WATCH-034",
      "WATCH-020",
    ],
    hangs: true,
    make: inMemory(waitsForReaders),
  },
  {
    id: "watch-lags-behind-reads",
    title: "serves reads that lag behind the events",
    breaks: [
      "WATCH-028",
      "CORE-040",
      "CORE-051",
      "CORE-054",
      "CORE-058",
      "CORE-066",
      "CORE-067",
      "CORE-069",
      "CONC-005",
      "WATCH-027",
      "SNAP-007",
      "SNAP-011",
    ],
    mayFail: ["CONC-001", "CONC-003"],
    make: inMemory((sound, reached) => {
      const before = new Map<string, Resource>();
      return {
        get: async (ref, format, options) => {
          const now = await sound.get(ref, format, options);
          const key = `${ref.kind} ${ref.namespace} ${ref.name} ${format}`;
          const shown = before.get(key) ?? now;
          if (shown.revision !== now.revision) reached();
          before.set(key, now);
          return shown;
        },
      };
    }),
  },
];

/** A watch that begins with this list instead of its own replay. */
function replaying(watch: Watch, { items, cursor }: ResourceList): Watch {
  let isClosed = false;
  async function* events(): Events {
    try {
      for (const resource of items) if (!isClosed) yield { type: "added", resource, cursor };
      if (!isClosed) yield { type: "bookmark", cursor };
      yield* afterBookmark(watch);
    } finally {
      await watch.close();
    }
  }
  const close = (): Promise<void> => {
    isClosed = true;
    return watch.close();
  };
  return { ...watchWith(watch, events()), close, [Symbol.asyncDispose]: close };
}

/** What follows the first bookmark. */
async function* afterBookmark(events: Events): Events {
  let isLive = false;
  for await (const event of events) {
    if (isLive) yield event;
    else isLive = event.type === "bookmark";
  }
}

/** Leaves out what a resumed watch begins with, down to its bookmark, if that is a reset. */
async function* withoutFirstReset(events: Events, reached: () => void): Events {
  let isHiding: boolean | undefined;
  for await (const event of events) {
    isHiding ??= event.type === "reset";
    if (event.type === "bookmark") isHiding = false;
    if (isHiding) reached();
    else yield event;
  }
}

async function* losesFirstMissed(
  events: Events,
  reached: () => void,
  { isResumed }: { readonly isResumed: boolean },
): Events {
  let isLost = !isResumed;
  for await (const event of events) {
    if (isLost || event.type === "bookmark") yield event;
    else {
      reached();
      isLost = true;
    }
  }
}

/** Delivers what is there of a longer kind's name too. */
async function takesKindsByPrefix(
  ...[sound, [kind, namespace, format, options], reached]: Parameters<Parameters<typeof opening>[0]>
): ReturnType<StoreBackend["watch"]> {
  const watch = await sound.watch(kind, namespace, format, options);
  const { items } = await sound.list(`${kind}s`, namespace, format);
  if (items.length > 0) reached();
  return watchWith(
    watch,
    (async function* () {
      for (const resource of items) yield { type: "added", resource, cursor: "" as Cursor };
      yield* watch;
    })(),
  );
}

function repeatsCursorsEvent(...[sound, reached]: Parameters<Bug>): ReturnType<Bug> {
  const delivered = new Map<Cursor, WatchEvent>();
  return {
    watch: async (kind, namespace, format, options) => {
      const watch = await sound.watch(kind, namespace, format, options);
      const again = options?.since === undefined ? undefined : delivered.get(options.since);
      if (again !== undefined) reached();
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

function withCursorOfBookmarks(cursor: () => Promise<Cursor>): Bug {
  return distorting(async function* (events, reached) {
    for await (const event of events) {
      if (event.type !== "bookmark") yield event;
      else {
        const changed = { ...event, cursor: await cursor() };
        if (changed.cursor !== event.cursor) reached();
        yield changed;
      }
    }
  });
}

function withBufferLimit(change: (limit: number) => number): Bug {
  return opening((sound, [kind, namespace, format, options = {}], reached) => {
    const limit = options.bufferLimit ?? 1_024;
    if (!Number.isInteger(limit) || limit <= 0 || change(limit) === limit)
      return sound.watch(kind, namespace, format, options);
    reached();
    return sound.watch(kind, namespace, format, { ...options, bufferLimit: change(limit) });
  });
}

/** Counts what each watch has still to read; an apply goes on when that is nothing. */
function waitsForReaders(...[sound, reached]: Parameters<Bug>): ReturnType<Bug> {
  const waiting = new Map<object, number>();
  let isClosed = false;
  return {
    watch: async (...args) => {
      const watch = await sound.watch(...args);
      const token = {};
      waiting.set(token, 0);
      const ended = (): void => void waiting.delete(token);
      const distorted = watchWith(
        watch,
        (async function* () {
          for await (const event of watch) {
            yield event;
            if (event.type !== "bookmark" && waiting.has(token)) waiting.set(token, 0);
          }
          ended();
        })(),
      );
      args[3]?.signal?.addEventListener("abort", ended);
      return { ...distorted, close: () => (ended(), watch.close()) };
    },
    apply: async (...args) => {
      const result = sound.apply(...args);
      await result.catch(() => {});
      for (const [token, count] of waiting) waiting.set(token, count + 1);
      // A few events are let by: those who read at once are not held up.
      for (let turn = 0; [...waiting.values()].some((count) => count > 5) && !isClosed; turn++) {
        if (turn > 20) reached();
        await nextTurn();
      }
      return result;
    },
    close: () => {
      isClosed = true;
      return sound.close();
    },
  };
}
