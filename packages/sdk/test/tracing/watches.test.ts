/** The life of a watch is told: what its reader took, and how it ended. */

import { getEventListeners } from "node:events";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect, onTestFinished, test } from "vitest";
import {
  BackendError,
  createBackend,
  createInMemoryBackend,
  type Cursor,
  type StoreBackend,
  StoreFailedError,
  type Watch,
  type WatchEvent,
} from "../../src/index.ts";
import { followVerbs, followWatches, traceBackend } from "../../src/tracing/index.ts";
import {
  openTraced,
  recordCalls,
  recordWatches,
  secretManifest,
  secretRef,
  withParts,
} from "./support.ts";

const body = secretManifest("web");
const about = { ref: secretRef("web"), format: "yaml", bytesOut: body.length };

/** Reads this many events. */
async function take(watch: Watch, count: number): Promise<AsyncIterator<unknown>> {
  const iterator = watch[Symbol.asyncIterator]();
  for (let taken = 0; taken < count; taken++) await iterator.next();
  return iterator;
}

test("each event that is taken, and their sum at the end", async () => {
  const store = await openTraced();
  const calls = recordCalls();
  const { events, ends } = recordWatches();
  await store.apply("yaml", body);
  const watch = await store.watch("Secret", undefined, "yaml");
  const iterator = await take(watch, 2);
  await store.delete(secretRef("web"));
  await iterator.next();
  expect(ends).toEqual([]);
  await watch.close();
  await watch.close();

  const opened = calls[1];
  expect(opened).toMatchObject({ verb: "watch", kind: "Secret" });
  expect(events).toEqual([
    { opened, type: "added", ...about },
    { opened, type: "bookmark" },
    { opened, type: "deleted", ...about },
  ]);
  expect(events[0]?.opened).toBe(opened);
  expect(ends).toEqual([
    {
      opened,
      reason: "closed",
      delivered: { added: 1, modified: 0, deleted: 1, bookmark: 1, reset: 0 },
      bytesOut: 2 * body.length,
    },
  ]);
});

test("every way to end", async () => {
  const store = await openTraced();
  const { ends } = recordWatches();
  const reasons = (): string[] => ends.map(({ reason }) => reason);
  const open = (signal?: AbortSignal): Promise<Watch> =>
    store.watch("Secret", undefined, "yaml", signal === undefined ? {} : { signal });

  for await (const { type } of await open()) if (type === "bookmark") break;
  expect(reasons()).toEqual(["closed"]);
  {
    await using watch = await open();
    await take(watch, 1);
  }
  expect(reasons()).toEqual(["closed", "closed"]);

  const controller = new AbortController();
  const aborted = await take(await open(controller.signal), 1);
  controller.abort();
  expect(reasons()).toEqual(["closed", "closed", "aborted"]);
  expect(await aborted.next()).toMatchObject({ done: true });

  const waiting = (await take(await open(), 1)).next();
  await open();
  await store.close();
  expect(await waiting).toMatchObject({ done: true });
  expect(reasons().slice(3)).toEqual(["backend-closed", "backend-closed"]);
  expect(store.subscriberCount()).toBe(0);
});

test("a watch of a store that fails ends with its error", async () => {
  const driver = {
    load: async () => ({ entries: [] }),
    put: () => Promise.reject(new StoreFailedError("fsync failed")),
    remove: async () => {},
    close: async () => {},
  };
  await using store = traceBackend(await createBackend(driver, { name: "failing" }));
  const { ends } = recordWatches();
  const iterator = await take(await store.watch("Secret", undefined, "yaml"), 1);
  const next = iterator.next();
  await Promise.allSettled([store.apply("yaml", body)]);
  await expect(next).rejects.toMatchObject({ code: "unavailable" });
  expect(ends).toMatchObject([{ reason: "failed", error: { code: "unavailable" } }]);
});

test("a watch that was opened while only its opening was followed is the backend's own", async () => {
  const store = await openTraced();
  const calls = recordCalls();
  const watch = await store.watch("Secret", undefined, "yaml");
  const { events } = recordWatches();
  await take(watch, 1);
  expect(calls).toHaveLength(1);
  expect(events).toEqual([]);
  expect(watch.constructor.name).toBe("WatchStream");
});

/** A backend whose store fails at the third write. */
function openFailing(): Promise<StoreBackend> {
  let puts = 0;
  const driver = {
    load: async () => ({ entries: [] }),
    put: async () => {
      if (++puts === 3) throw new StoreFailedError("fsync failed");
    },
    remove: async () => {},
    close: async () => {},
  };
  return createBackend(driver, { name: "failing" });
}

async function failAtTheThird(store: StoreBackend): Promise<void> {
  for (const name of ["one", "two", "three"])
    await Promise.allSettled([store.apply("yaml", secretManifest(name))]);
}

/** What is told of watches, in order. */
function recordOrder(): readonly string[] {
  const told: string[] = [];
  const stop = followWatches({
    event: ({ type }) => void told.push(type),
    end: ({ reason, error }) =>
      void told.push(error === undefined ? reason : `${reason} ${error.code}`),
  });
  onTestFinished(stop);
  return told;
}

/** Reads on until the end, whichever it is. */
async function readOut(iterator: AsyncIterator<unknown>): Promise<void> {
  const read = async (): Promise<void> => {
    while ((await iterator.next()).done !== true);
  };
  await Promise.allSettled([read()]);
}

test("a watch that has events to deliver when its failed store is closed is told behind them, and why", async () => {
  const store = traceBackend(await openFailing());
  const told = recordOrder();
  const iterator = await take(await store.watch("Secret", undefined, "yaml"), 1);
  await failAtTheThird(store);
  await store.close();
  expect(told).toEqual(["bookmark"]);
  await readOut(iterator);
  expect(told).toEqual(["bookmark", "added", "added", "failed unavailable"]);
});

test("nothing is told behind the end", async () => {
  const store = traceBackend(await openFailing());
  const told = recordOrder();
  const unread = await store.watch("Secret", undefined, "yaml");
  await failAtTheThird(store);
  await store.close();
  await readOut(unread[Symbol.asyncIterator]());
  expect(told).toEqual(["backend-closed"]);
});

test("a close that is rejected ends no watch", async () => {
  const inner = await createInMemoryBackend();
  const store = traceBackend(
    withParts(inner, { close: () => Promise.reject(new BackendError("unavailable", "not now")) }),
  );
  const told = recordOrder();
  const watch = await store.watch("Secret", undefined, "yaml");
  await expect(store.close()).rejects.toMatchObject({ code: "unavailable" });
  await take(watch, 1);
  await watch.close();
  await inner.close();
  expect(told).toEqual(["bookmark", "closed"]);
});

test("the end of a watch that is aborted while it opens is told behind its opening", async () => {
  const controller = new AbortController();
  const inner = await createInMemoryBackend();
  const store = traceBackend(
    withParts(inner, {
      watch: async (...args) => {
        const watch = await inner.watch(...args);
        controller.abort();
        return watch;
      },
    }),
  );
  onTestFinished(() => inner.close());
  const told: string[] = [];
  onTestFinished(followVerbs({ asyncEnd: ({ verb }) => void told.push(verb) }));
  onTestFinished(followWatches({ end: ({ reason }) => void told.push(reason) }));
  await store.watch("Secret", undefined, "yaml", { signal: controller.signal });
  expect(told).toEqual(["watch", "aborted"]);
});

test("one that opens while the backend closes is told too", async () => {
  const inner = await createInMemoryBackend();
  const store = traceBackend(
    withParts(inner, {
      watch: async (...args) => {
        const watch = await inner.watch(...args);
        await store.close();
        return watch;
      },
    }),
  );
  const told = recordOrder();
  await store.watch("Secret", undefined, "yaml");
  expect(told).toEqual(["backend-closed"]);
});

test("a watch that ended beneath and is read no more is not kept, by its backend or by its signal", async () => {
  const inner = await createInMemoryBackend();
  const store = traceBackend(inner);
  recordWatches();
  const { signal } = new AbortController();
  const open = async (): Promise<WeakRef<Watch>> => {
    const watch = await store.watch("Secret", undefined, "yaml", { signal });
    await take(watch, 1);
    return new WeakRef(watch);
  };
  const watch = await open();
  await inner.close();
  await collected(watch);
  await expect.poll(() => getEventListeners(signal, "abort")).toEqual([]);
  expect(store.subscriberCount()).toBe(0); // the backend was there all along
});

test("what an iterator has beyond next, and the values that it is given, are handed on", async () => {
  const given: unknown[] = [];
  const inner = await createInMemoryBackend();
  async function* events(): AsyncGenerator<WatchEvent, undefined, unknown> {
    try {
      for (;;) given.push(yield { type: "bookmark", cursor: "" as Cursor });
    } catch (error) {
      given.push(error);
    }
    return undefined;
  }
  const store = traceBackend(
    withParts(inner, {
      watch: async (...args) => {
        const watch = await inner.watch(...args);
        return {
          close: () => watch.close(),
          [Symbol.asyncDispose]: () => watch.close(),
          [Symbol.asyncIterator]: events,
        };
      },
    }),
  );
  onTestFinished(() => inner.close());
  const told = recordOrder();
  const iterate = async (): Promise<AsyncGenerator> =>
    (await store.watch("Secret", undefined, "yaml"))[Symbol.asyncIterator]() as AsyncGenerator;

  const iterator = await iterate();
  expect(iterator[Symbol.asyncIterator]()).toBe(iterator);
  await iterator.next();
  await iterator.next("a value");
  expect(await iterator.throw("an error")).toEqual({ done: true, value: undefined });
  expect(given).toEqual(["a value", "an error"]);
  expect(told).toEqual(["bookmark", "bookmark", "closed"]);

  const disposed = await iterate();
  await disposed.next();
  await disposed[Symbol.asyncDispose]();
  expect(await disposed.next()).toEqual({ done: true, value: undefined });
  expect(told.slice(3)).toEqual(["bookmark", "closed"]);
});

/** Waits until nobody holds it. */
async function collected(held: WeakRef<WeakKey>): Promise<void> {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  const isHeld = (): boolean => {
    collect();
    return held.deref() !== undefined; // an assertion about the object itself would hold it
  };
  await expect.poll(isHeld, { timeout: 10_000 }).toBe(false);
}
