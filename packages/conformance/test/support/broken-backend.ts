/** Sound backends with one bug each, to prove that a requirement can fail. */

import type { StoreBackend, Watch, WatchEvent } from "@engenho/sdk";

/** The parts of a backend that have the bug. */
export type Bug = (sound: StoreBackend) => Partial<StoreBackend>;

/** A bug, the requirement that is there for it, and what its failure says. */
export type KnownBug = readonly [id: string, bug: string, message: RegExp, parts: Bug];

/** A backend with a bug in place of some of its parts. */
export function withBug(sound: StoreBackend, bug: Bug): StoreBackend {
  const parts = bug(sound);
  return new Proxy(sound, {
    get(target, key) {
      if (Object.hasOwn(parts, key)) return Reflect.get(parts, key);
      const own: unknown = Reflect.get(target, key);
      return typeof own === "function" ? own.bind(target) : own;
    },
  });
}

/** What a bug does to the events of a watch. */
export type Distortion = (
  events: AsyncIterable<WatchEvent>,
  asked: { readonly isResumed: boolean; readonly bufferLimit: number },
) => AsyncIterable<WatchEvent>;

/** A bug in what every watch delivers. */
export function distorting(distort: Distortion): Bug {
  return (sound) => ({
    watch: async (kind, namespace, format, options = {}) => {
      const { since, bufferLimit = 1_024 } = options;
      const watch = await sound.watch(kind, namespace, format, options);
      return watchWith(watch, distort(watch, { isResumed: since !== undefined, bufferLimit }));
    },
  });
}

/** A bug in single events. */
export function changing(change: (event: WatchEvent) => WatchEvent | undefined): Bug {
  return distorting(async function* (events) {
    for await (const event of events) {
      const changed = change(event);
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
  return distorting(async function* (events, { bufferLimit }) {
    let initial: WatchEvent[] | undefined = [];
    for await (const event of events) {
      if (initial === undefined) yield event;
      else if (event.type === "bookmark") {
        yield* change(initial, bufferLimit, event);
        yield event;
        initial = undefined;
      } else initial.push(event);
    }
  });
}

/** A watch with other events; it is closed and left like the original. */
export function watchWith(watch: Watch, events: AsyncIterable<WatchEvent>): Watch {
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
