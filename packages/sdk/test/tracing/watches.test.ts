/** The life of a watch is told: what its reader took, and how it ended. */

import { expect, test } from "vitest";
import { createBackend, StoreFailedError, type Watch } from "../../src/index.ts";
import { traceBackend } from "../../src/tracing/index.ts";
import { openTraced, recordCalls, recordWatches, secretManifest, secretRef } from "./support.ts";

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
