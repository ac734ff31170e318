/** Mutants whose watches do not end as they should. */

import type { Cursor, Watch, WatchEvent } from "@engenho/sdk";
import { type Bug, inMemory } from "./bug.ts";
import type { Mutant } from "./mutant.ts";
import { distorting, opening, watchWith } from "./watch-bug.ts";

export const watchEndingMutants: readonly Mutant[] = [
  {
    id: "watch-delivers-after-close",
    title: "delivers once more after a watch was closed",
    breaks: ["WATCH-022", "WATCH-023", "WATCH-024", "WATCH-026", "WATCH-037"],
    says: /expected the end, got a bookmark/,
    make: inMemory(
      distorting(async function* (events, reached) {
        yield* events;
        reached();
        yield { type: "bookmark", cursor: "" as Cursor };
      }),
    ),
  },
  {
    id: "watch-never-ends",
    title: "never ends the iteration of a closed watch",
    breaks: ["WATCH-022", "WATCH-023", "WATCH-024", "WATCH-026", "WATCH-037"],
    hangs: true,
    make: inMemory(
      distorting(async function* (events, reached) {
        yield* events;
        reached();
        await new Promise<never>(() => {});
      }),
    ),
  },
  {
    id: "watch-ignores-aborted-signal",
    title: "watches although the signal is aborted already",
    breaks: ["WATCH-023", "CORE-055"],
    says: /but it resolved/,
    make: inMemory(
      opening((sound, [kind, namespace, format, options], reached) => {
        if (options?.signal?.aborted !== true) return sound.watch(kind, namespace, format, options);
        reached();
        const { signal: _, ...others } = options;
        return sound.watch(kind, namespace, format, others);
      }),
    ),
  },
  {
    id: "watch-fails-at-close",
    title: "fails watches when the backend closes",
    breaks: ["WATCH-024", "WATCH-022", "WATCH-023", "WATCH-026", "WATCH-037"],
    make: inMemory(
      distorting(async function* (events, reached) {
        yield* events;
        reached();
        throw new Error("the backend is gone");
      }),
    ),
  },
  {
    id: "watch-outlives-loop",
    title: "gives watches an iterator that cannot be left",
    breaks: ["WATCH-025", "WATCH-026", "WATCH-037"],
    says: /goes on after the loop/,
    make: inMemory(
      opening(async (sound, args, reached) => {
        const watch = await sound.watch(...args);
        const iterator = watch[Symbol.asyncIterator]();
        reached();
        return watchWith(watch, {
          [Symbol.asyncIterator]: () => ({ next: () => iterator.next() }),
        });
      }),
    ),
  },
  {
    id: "watch-left-with-next-event",
    title: "leaves a watch no sooner than the next event comes",
    breaks: ["WATCH-037"],
    says: /left: the iteration did not end|return did not resolve/,
    make: inMemory(
      opening(async (sound, args, reached) => {
        const watch = await sound.watch(...args);
        const close = (): Promise<void> => watch.close();
        // An async generator's `return` queues behind a `next` that waits.
        async function* events(): AsyncGenerator<WatchEvent, undefined> {
          reached();
          yield* watch;
        }
        return { close, [Symbol.asyncDispose]: close, [Symbol.asyncIterator]: events };
      }),
    ),
  },
  {
    id: "watch-counted-forever",
    title: "never takes a watch off its count",
    breaks: ["WATCH-026", "CORE-111", "WATCH-037"],
    says: /subscriberCount after one was closed/,
    make: inMemory(countsForever),
  },
  {
    id: "watch-not-counted",
    title: "counts no watch",
    breaks: ["WATCH-026", "CORE-111"],
    make: inMemory((sound, reached) => ({
      subscriberCount: () => {
        if (sound.subscriberCount() > 0) reached();
        return 0;
      },
    })),
  },
];

function countsForever(...[sound, reached]: Parameters<Bug>): ReturnType<Bug> {
  let count = 0;
  return {
    watch: async (...args): Promise<Watch> => {
      const watch = await sound.watch(...args);
      count++;
      return watch;
    },
    subscriberCount: () => {
      if (sound.subscriberCount() !== count) reached();
      return count;
    },
  };
}
