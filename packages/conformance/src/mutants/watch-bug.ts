/** Bugs in what watches deliver. */

import type { StoreBackend, Watch, WatchEvent } from "@engenho/sdk";
import type { Bug } from "./bug.ts";
import type { Reached } from "./mutant.ts";

/** The events of a watch. */
export type Events = AsyncIterable<WatchEvent>;

/** What was asked of a watch. */
interface Asked {
  readonly isResumed: boolean;
  readonly bufferLimit: number;
}

/** What a bug does to the events of a watch. */
export type Distortion = (events: Events, reached: Reached, asked: Asked) => Events;

/** A bug in what every watch delivers. */
export function distorting(distort: Distortion): Bug {
  return (sound, reached) => ({
    watch: async (kind, namespace, format, options = {}) => {
      const { since, bufferLimit = 1_024 } = options;
      const watch = await sound.watch(kind, namespace, format, options);
      const asked = { isResumed: since !== undefined, bufferLimit };
      return watchWith(watch, distort(watch, reached, asked));
    },
  });
}

/** A watch since any cursor goes on as if nothing had been since: what a `reset` says is left out. */
export const forgetsResets: Bug = distorting(async function* (events, reached, { isResumed }) {
  let isHiding: boolean | undefined = isResumed ? undefined : false;
  for await (const event of events) {
    isHiding ??= event.type === "reset";
    if (event.type === "bookmark") isHiding = false;
    if (isHiding) reached();
    else yield event;
  }
});

/** A bug in single events: another one in place of one, or none. */
export function changing(change: (event: WatchEvent) => WatchEvent | undefined): Bug {
  return distorting(async function* (events, reached) {
    for await (const event of events) {
      const changed = change(event);
      if (changed !== event) reached();
      if (changed !== undefined) yield changed;
    }
  });
}

/** A bug in the initial state, which is given without its bookmark. */
export function changingInitialState(
  change: (
    events: readonly WatchEvent[],
    bufferLimit: number,
    bookmark: WatchEvent,
  ) => readonly WatchEvent[],
): Bug {
  return distorting(async function* (events, reached, { bufferLimit }) {
    let initial: WatchEvent[] | undefined = [];
    for await (const event of events) {
      if (initial === undefined) yield event;
      else if (event.type === "bookmark") {
        const changed = change(initial, bufferLimit, event);
        const isSame =
          changed.length === initial.length && changed.every((one, i) => one === initial?.[i]);
        if (!isSame) reached();
        yield* changed;
        yield event;
        initial = undefined;
      } else initial.push(event);
    }
  });
}

/** A watch with other events; it is closed and left like the original. */
export function watchWith(watch: Watch, events: Events): Watch {
  return {
    close: () => watch.close(),
    [Symbol.asyncDispose]: () => watch.close(),
    [Symbol.asyncIterator]: () => leftAtOnce(watch, events[Symbol.asyncIterator]()),
  };
}

/** A generator's `return` would wait for the `next` before it, which ends with the watch beneath. */
function leftAtOnce(watch: Watch, iterator: AsyncIterator<WatchEvent>): AsyncIterator<WatchEvent> {
  const leave = iterator.return?.bind(iterator);
  if (leave === undefined) return iterator;
  return {
    next: () => iterator.next(),
    return: async () => {
      await watch.close();
      return leave();
    },
  };
}

/** A watch bug that is about how the watch is opened. */
export function opening(
  open: (
    sound: StoreBackend,
    args: Parameters<StoreBackend["watch"]>,
    reached: Reached,
  ) => Promise<Watch>,
): Bug {
  return (sound, reached) => ({ watch: (...args) => open(sound, args, reached) });
}
