/** Mutants that open, close, count or fail in a wrong way. */

import {
  BackendError,
  createInMemoryBackend,
  type Cursor,
  type Diagnostics,
  type Resource,
  type Revision,
  type StoreBackend,
} from "@engenho/sdk";
import { nextTurn } from "../harness/next-turn.ts";
import type { Subject } from "../harness/subject.ts";
import { type Bug, inMemory, withBug } from "./bug.ts";
import { durable, durableMemory } from "./durable-memory.ts";
import type { Mutant, Reached } from "./mutant.ts";
import { sharedMemory } from "./shared-memory.ts";
import { distorting, opening as openingWatch } from "./watch-bug.ts";

export const lifecycleMutants: readonly Mutant[] = [
  {
    id: "stores-share-a-cache",
    title: "reads what it does not have from a cache that all its stores share",
    breaks: ["CORE-001", "CORE-110", "WATCH-028"],
    make: sharingCache,
  },
  {
    id: "empty-lists-a-default",
    title: "lists a resource of its own making while it is empty",
    breaks: ["CORE-002", "CORE-001", "CORE-034", "CORE-039", "CORE-110", "SNAP-019"],
    mayFail: ["WATCH-034", "CONC-010"],
    make: inMemory((sound, reached) => ({
      list: async (kind, namespace, format, options) => {
        const { items, cursor } = await sound.list(kind, namespace, format, options);
        if (sound.resourceCount() > 0 || namespace !== undefined) return { items, cursor };
        reached();
        const ref = { kind, name: "default" };
        const body = new Uint8Array();
        return { items: [{ ref, format, body, revision: String(cursor) as Revision }], cursor };
      },
    })),
  },
  {
    id: "close-once-only",
    title: "rejects a second close",
    breaks: ["CORE-003"],
    make: inMemory((sound, reached) => {
      let closes = 0;
      return {
        close: async () => {
          // Only those that are called at once: whoever comes later finds it closed.
          const isFirst = closes++ === 0;
          const isOpen = sound.diagnostics().state !== "closed";
          await sound.close();
          if (isFirst || !isOpen) return;
          reached();
          throw new BackendError("closed", "the backend is being closed", { verb: "close" });
        },
      };
    }),
  },
  {
    id: "closed-lists-nothing",
    title: "lists nothing once it is closed, rather than refusing",
    breaks: ["CORE-004", "CORE-112"],
    make: inMemory((sound, reached) => ({
      list: async (...args) => {
        if (sound.diagnostics().state !== "closed") return sound.list(...args);
        reached();
        return { items: [], cursor: "" as Cursor };
      },
    })),
  },
  {
    id: "closed-without-diagnostics",
    title: "has no diagnostics once it is closed",
    breaks: ["CORE-005", "CORE-112"],
    make: inMemory((sound, reached) => {
      const before = sound.diagnostics();
      return {
        diagnostics: () => {
          const now = sound.diagnostics();
          if (now.state !== "closed") return now;
          reached();
          return { ...now, state: before.state };
        },
      };
    }),
  },
  {
    id: "close-drops-writes",
    title: "answers the writes that wait when it closes, and drops them",
    breaks: ["CORE-006"],
    make: durable(dropsAtClose),
  },
  {
    id: "dispose-does-nothing",
    title: "closes nothing when its block is left",
    breaks: ["CORE-007"],
    make: inMemory((_, reached) => ({ [Symbol.asyncDispose]: async () => reached() })),
  },
  {
    id: "diagnostics-count-nothing",
    title: "counts no resources in its diagnostics",
    breaks: ["CORE-008", "CORE-111"],
    make: inMemory((sound, reached) => ({
      diagnostics: () => {
        const diagnostics = sound.diagnostics();
        if (diagnostics.counts.resources > 0) reached();
        return { ...diagnostics, counts: { ...diagnostics.counts, resources: 0 } };
      },
    })),
  },
  {
    id: "closing-takes-verbs",
    title: "takes verbs until close is done",
    breaks: ["CORE-009"],
    says: /state is "open"|while close is under way: expected/,
    make: durable((sound, reached) => ({
      close: async () => {
        reached();
        await nextTurn();
        await sound.close();
      },
    })),
  },
  {
    id: "closing-serves-reads",
    title: "serves reads while it closes",
    breaks: ["CORE-009"],
    says: /get while close is under way: expected a rejection with "closed"/,
    make: durable(readsWhile("closing")),
  },
  {
    id: "first-delete-not-ready",
    title: "is not ready for a delete before anything else was called",
    breaks: ["CORE-110", "DUR-008", "DUR-019"],
    says: /delete as the first verb: expected "not_found", got "unavailable"/,
    make: durable(warmsUp),
  },
  {
    id: "closed-count-is-lost",
    title: "has no count any more once it is closed",
    breaks: ["CORE-111"],
    make: durable((sound, reached) => ({
      resourceCount: () => {
        if (sound.diagnostics().state !== "closed") return sound.resourceCount();
        reached();
        return Number.NaN;
      },
    })),
  },
  {
    id: "closed-counts-watches",
    title: "counts watches that close has ended",
    breaks: ["CORE-111"],
    says: /subscriberCount after close: expected 0, got 1/,
    make: durable(countsEndedWatches),
  },
  {
    id: "reopen-revives-handles",
    title: "has its closed handle come back to life",
    breaks: ["CORE-112"],
    says: /apply of a handle closed before: expected a rejection with "closed"/,
    make: revivesHandles,
  },
  {
    id: "others-end-watches",
    title: "ends the watches when another handle is refused",
    breaks: ["CORE-113"],
    says: /a watch opened before the other handle: the watch ended/,
    make: losesWatchesToOthers,
  },
  {
    id: "others-close-everything",
    title: "closes all handles of a store with one of them",
    breaks: ["CORE-113"],
    make: closesEverything,
  },
  {
    id: "failed-serves-reads",
    title: "serves reads from a store that has failed",
    breaks: ["CORE-114"],
    says: /get of a failed store: expected a rejection with "unavailable"/,
    make: durable(readsWhile("failed")),
  },
  {
    id: "failed-recommends-retry",
    title: "asks for retries of what cannot succeed",
    breaks: ["CORE-114"],
    says: /list of a failed store: retryable: expected false/,
    make: durable(recommendsRetries),
  },
  {
    id: "failed-calls-itself-open",
    title: "calls itself open when it has failed",
    breaks: ["CORE-115"],
    says: /state of a failed store: expected "failed", got "open"/,
    make: durable((sound, reached) => ({
      diagnostics: () => {
        const diagnostics = sound.diagnostics();
        if (diagnostics.state !== "failed") return diagnostics;
        reached();
        return { ...diagnostics, state: "open" };
      },
    })),
  },
  {
    id: "failed-says-nothing",
    title: "does not say why it has failed",
    breaks: ["CORE-115"],
    says: /lastError of a failed store says nothing/,
    make: durable((sound, reached) => ({
      diagnostics: () => {
        const diagnostics = sound.diagnostics();
        if (diagnostics.lastError !== null) reached();
        return { ...diagnostics, lastError: null };
      },
    })),
  },
  {
    id: "failed-comes-back-empty",
    title: "comes back empty after a failure",
    breaks: ["CORE-116"],
    make: forgetsAfterFailure,
  },
  {
    id: "failed-ends-watches-quietly",
    title: "ends watches quietly when it fails",
    breaks: ["WATCH-036"],
    says: /the watch ended instead of delivering an event/,
    make: durable(
      distorting(async function* (events, reached) {
        try {
          yield* events;
        } catch (error) {
          if (!BackendError.is(error, "unavailable")) throw error;
          reached();
        }
      }),
    ),
  },
];

/** Stores of one requirement share what they were told; those of others are left alone, for the mutant's own sake. */
function sharingCache(reached: Reached): Subject {
  const caches = new Map<number, Map<string, Resource>>();
  return {
    name: "in-memory",
    open: async ({ seed }) => {
      const cache = caches.get(seed) ?? new Map<string, Resource>();
      caches.set(seed, cache);
      return withBug(await createInMemoryBackend(), cachingIn(cache), reached);
    },
  };
}

function cachingIn(cache: Map<string, Resource>): Bug {
  const keyOf = ({ kind, name, namespace }: Resource["ref"], format: string): string =>
    JSON.stringify([kind, namespace, name, format]);
  return (sound, reached) => ({
    apply: async (format, body, options) => {
      const kept = body instanceof Uint8Array ? new Uint8Array(body) : body;
      const result = await sound.apply(format, body, options);
      cache.set(keyOf(result.ref, format), { ...result, format, body: kept });
      return result;
    },
    delete: async (ref, options) => {
      await sound.delete(ref, options);
      for (const format of sound.capabilities.formats) cache.delete(keyOf(ref, format));
    },
    restore: async (bytes, options) => {
      await sound.restore(bytes, options);
      cache.clear();
    },
    get: async (ref, format, options) => {
      try {
        return await sound.get(ref, format, options);
      } catch (error) {
        const cached = BackendError.is(error, "not_found") && cache.get(keyOf(ref, format));
        if (!cached) throw error;
        reached();
        return cached;
      }
    },
  });
}

/** Hands writes on a turn later; what has not been handed on when it closes is answered as if it had. */
function dropsAtClose(...[sound, reached]: Parameters<Bug>): ReturnType<Bug> {
  const isOpen = (): boolean => sound.diagnostics().state === "open";
  return {
    apply: async (format, body, options) => {
      if (!isOpen() || !(body instanceof Uint8Array)) return sound.apply(format, body, options);
      const kept = new Uint8Array(body);
      await nextTurn();
      if (isOpen()) return sound.apply(format, kept, options);
      reached();
      const ref = { kind: "ConfigMap", name: "lost" };
      return { ref, operation: "created", revision: "lost" as Revision };
    },
  };
}

/** Answers from what it remembers where the sound backend refuses. */
function readsWhile(state: Diagnostics["state"]): Bug {
  return (sound, reached) => {
    const known = new Map<string, Resource>();
    return {
      get: async (ref, format, options) => {
        const read = known.get(ref.name);
        const isServed = read !== undefined && sound.diagnostics().state === state;
        if (isServed) reached();
        return isServed ? read : sound.get(ref, format, options);
      },
      apply: async (format, body, options) => {
        const { ref, revision, operation } = await sound.apply(format, body, options);
        known.set(ref.name, { ref, revision, format, body });
        return { ref, revision, operation };
      },
    };
  };
}

function warmsUp(...[sound, reached]: Parameters<Bug>): ReturnType<Bug> {
  let isWarm = false;
  const warming = <A extends unknown[], R>(verb: (...args: A) => R): ((...args: A) => R) => {
    return (...args) => {
      isWarm = true;
      return verb(...args);
    };
  };
  return {
    apply: warming(sound.apply.bind(sound)),
    get: warming(sound.get.bind(sound)),
    restore: warming(sound.restore.bind(sound)),
    close: warming(sound.close.bind(sound)),
    delete: async (ref, options) => {
      if (isWarm || options?.signal !== undefined) return sound.delete(ref, options);
      reached();
      throw new BackendError("unavailable", "delete: not ready yet", { verb: "delete" });
    },
  };
}

function countsEndedWatches(...[sound, reached]: Parameters<Bug>): ReturnType<Bug> {
  let left = 0;
  const subscriberCount = (): number => left + sound.subscriberCount();
  return {
    subscriberCount,
    diagnostics: () => {
      const diagnostics = sound.diagnostics();
      const counts = { ...diagnostics.counts, subscribers: subscriberCount() };
      return { ...diagnostics, counts };
    },
    close: () => {
      left += sound.subscriberCount();
      if (left > 0) reached();
      return sound.close();
    },
  };
}

/** The handle looks up the store of its place each time, and finds the one that was opened last. */
function revivesHandles(reached: Reached): Subject {
  const sound = durableMemory();
  const latest = new Map<string, StoreBackend>();
  const opening =
    (open: Subject["open"]): Subject["open"] =>
    async (context) => {
      const own = await open(context);
      latest.set(context.directory, own);
      const bug: Bug = () => ({
        apply: (...args) => {
          const found = latest.get(context.directory) ?? own;
          if (found !== own) reached();
          return found.apply(...args);
        },
      });
      return withBug(own, bug, reached);
    };
  return { ...sound, open: opening(sound.open), reopen: opening(sound.reopen ?? sound.open) };
}

/** All handles of a store end with the first that is closed. */
function closesEverything(reached: Reached): Subject {
  const handles = new Map<string, StoreBackend[]>();
  const { open } = sharedMemory();
  const opening: Subject["open"] = async (context) => {
    const own = await open(context);
    const all = handles.get(context.directory) ?? [];
    handles.set(context.directory, [...all, own]);
    const close = async (): Promise<void> => {
      const others = handles.get(context.directory) ?? [];
      if (others.filter((other) => other.diagnostics().state === "open").length > 1) reached();
      await Promise.all(others.map((other) => other.close()));
    };
    return withBug(own, () => ({ close, [Symbol.asyncDispose]: close }), reached);
  };
  return { name: "shared-memory", open: opening, reopen: opening };
}

/** Whoever asks for the lock interrupts who has it. */
function losesWatchesToOthers(reached: Reached): Subject {
  const endWatches = new Map<string, () => Promise<void>>();
  const sound = durableMemory();
  const opening =
    (open: Subject["open"]): Subject["open"] =>
    async (context) => {
      const endOthers = endWatches.get(context.directory);
      const backend = await open(context).catch(async (error: unknown) => {
        await endOthers?.();
        throw error;
      });
      const watches = new Set<() => Promise<void>>();
      endWatches.set(context.directory, async () => {
        if (watches.size > 0) reached();
        for (const end of watches) await end();
      });
      const bug = openingWatch(async (_, args) => {
        const opened = await backend.watch(...args);
        watches.add(() => opened.close());
        return opened;
      });
      return withBug(backend, bug, reached);
    };
  return { ...sound, open: opening(sound.open), reopen: opening(sound.reopen ?? sound.open) };
}

function recommendsRetries(...[sound, reached]: Parameters<Bug>): ReturnType<Bug> {
  return {
    list: async (...args) => {
      try {
        return await sound.list(...args);
      } catch (error) {
        if (!BackendError.is(error, "unavailable")) throw error;
        reached();
        const { backend, verb, outcome, reason } = error;
        throw new BackendError("unavailable", reason, { backend, verb, outcome, retryable: true });
      }
    },
  };
}

/** Takes what it finds after a failure for garbage. */
function forgetsAfterFailure(reached: Reached): Subject {
  const sound = durableMemory();
  const failed = new Set<string>();
  return {
    ...sound,
    fail: async (context) => {
      failed.add(context.directory);
      await sound.fail?.(context);
    },
    reopen: async (context) => {
      const backend = await (sound.reopen ?? sound.open)(context);
      if (failed.has(context.directory)) {
        reached();
        await backend.restore(Uint8Array.of(0x80));
      }
      return backend;
    },
  };
}
