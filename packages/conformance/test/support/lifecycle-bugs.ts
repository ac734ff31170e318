/** One bug for each requirement about verbs in the states of a store. */

import { BackendError, type Diagnostics, type Resource, type StoreBackend } from "@engenho/sdk";
import type { Subject } from "../../src/harness/subject.ts";
import { nextTurn } from "../../src/harness/next-turn.ts";
import { type Bug, watchWith, withBug } from "./broken-backend.ts";
import { durableMemory } from "./durable-memory.ts";

/** A bug, the requirement that is there for it, what its failure says, and a subject that has it. */
export const lifecycleBugs: readonly (readonly [
  id: string,
  bug: string,
  message: RegExp,
  subject: () => Subject,
])[] = [
  [
    "CORE-009",
    "takes verbs until close is done",
    /state is "open"|while close is under way: expected/,
    () => durableMemory(closesLater),
  ],
  [
    "CORE-009",
    "serves reads while it closes",
    /get while close is under way: expected a rejection with "closed"/,
    () => durableMemory(readsWhile("closing")),
  ],
  [
    "CORE-110",
    "is not ready for a delete before anything else was called",
    /delete as the first verb: expected "not_found", got "unavailable"/,
    () => durableMemory(warmsUp),
  ],
  [
    "CORE-111",
    "throws from resourceCount once it is closed",
    /the backend is closed/,
    () => durableMemory(countsOnlyWhileOpen),
  ],
  [
    "CORE-111",
    "counts watches that close has ended",
    /subscriberCount after close: expected 0, got 1/,
    () => durableMemory(countsEndedWatches),
  ],
  [
    "CORE-112",
    "has its closed handle come back to life",
    /apply of a handle closed before: expected a rejection with "closed"/,
    revivesHandles,
  ],
  [
    "CORE-113",
    "ends the watches when another handle is refused",
    /a watch opened before the other handle: the watch ended/,
    losesWatchesToOthers,
  ],
  [
    "CORE-114",
    "serves reads from a store that has failed",
    /get of a failed store: expected a rejection with "unavailable"/,
    () => durableMemory(readsWhile("failed")),
  ],
  [
    "CORE-114",
    "asks for retries of what cannot succeed",
    /list of a failed store: retryable: expected false/,
    () => durableMemory(recommendsRetries),
  ],
  [
    "CORE-115",
    "calls itself open when it has failed",
    /state of a failed store: expected "failed", got "open"/,
    () => durableMemory(hidesFailure),
  ],
  [
    "CORE-115",
    "does not say why it has failed",
    /lastError of a failed store says nothing/,
    () => durableMemory(saysNothing),
  ],
  ["CORE-116", "comes back empty after a failure", /not_found/, forgetsAfterFailure],
  [
    "WATCH-036",
    "ends watches quietly when it fails",
    /the watch ended instead of delivering an event/,
    () => durableMemory(endsWatchesQuietly),
  ],
];

const closesLater: Bug = (sound) => ({
  close: async () => {
    await nextTurn();
    await sound.close();
  },
});

/** Answers from what it remembers where the sound backend refuses. */
function readsWhile(state: Diagnostics["state"]): Bug {
  return (sound) => {
    const known = new Map<string, Resource>();
    return {
      get: async (ref, format, options) => {
        const read = known.get(ref.name);
        const isServed = read !== undefined && sound.diagnostics().state === state;
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

const warmsUp: Bug = (sound) => {
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
      throw new BackendError("unavailable", "delete: not ready yet", { verb: "delete" });
    },
  };
};

const countsOnlyWhileOpen: Bug = (sound) => ({
  resourceCount: () => {
    if (sound.diagnostics().state === "closed")
      throw new BackendError("closed", "the backend is closed");
    return sound.resourceCount();
  },
});

const countsEndedWatches: Bug = (sound) => {
  let left = 0;
  const subscriberCount = (): number => left + sound.subscriberCount();
  return {
    subscriberCount,
    diagnostics: () => {
      const diagnostics = sound.diagnostics();
      return {
        ...diagnostics,
        counts: { ...diagnostics.counts, subscribers: subscriberCount() },
      };
    },
    close: () => {
      left += sound.subscriberCount();
      return sound.close();
    },
  };
};

/** The handle looks up the store of its place each time, and finds the one that was opened last. */
function revivesHandles(): Subject {
  const sound = durableMemory();
  const latest = new Map<string, StoreBackend>();
  const opening =
    (open: Subject["open"]): Subject["open"] =>
    async (context) => {
      const own = await open(context);
      latest.set(context.directory, own);
      return withBug(own, () => ({
        apply: (...args) => (latest.get(context.directory) ?? own).apply(...args),
      }));
    };
  return { ...sound, open: opening(sound.open), reopen: opening(sound.reopen ?? sound.open) };
}

/** Whoever asks for the lock interrupts who has it. */
function losesWatchesToOthers(): Subject {
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
        for (const end of watches) await end();
      });
      return withBug(backend, ({ watch }) => ({
        watch: async (...args) => {
          const opened = await watch.apply(backend, args);
          watches.add(() => opened.close());
          return opened;
        },
      }));
    };
  return { ...sound, open: opening(sound.open), reopen: opening(sound.reopen ?? sound.open) };
}

const recommendsRetries: Bug = (sound) => ({
  list: async (...args) => {
    try {
      return await sound.list(...args);
    } catch (error) {
      if (!BackendError.is(error, "unavailable")) throw error;
      const { backend, verb, outcome } = error;
      throw new BackendError("unavailable", error.reason, {
        backend,
        verb,
        outcome,
        retryable: true,
      });
    }
  },
});

const hidesFailure: Bug = (sound) => ({
  diagnostics: () => {
    const diagnostics = sound.diagnostics();
    return diagnostics.state === "failed" ? { ...diagnostics, state: "open" } : diagnostics;
  },
});

const saysNothing: Bug = (sound) => ({
  diagnostics: () => ({ ...sound.diagnostics(), lastError: null }),
});

/** Takes what it finds after a failure for garbage. */
function forgetsAfterFailure(): Subject {
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
      if (failed.has(context.directory)) await backend.restore(Uint8Array.of(0x80));
      return backend;
    },
  };
}

const endsWatchesQuietly: Bug = (sound) => ({
  watch: async (...args) => {
    const watch = await sound.watch(...args);
    return watchWith(watch, quietly(watch));
  },
});

async function* quietly<T>(events: AsyncIterable<T>): AsyncGenerator<T> {
  try {
    yield* events;
  } catch (error) {
    if (!BackendError.is(error, "unavailable")) throw error;
  }
}
