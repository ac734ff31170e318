/** Tracing changes nothing: not without subscribers, not with ones that throw, not for odd arguments. */

import { AsyncLocalStorage } from "node:async_hooks";
import { describe, expect, onTestFinished, test } from "vitest";
import { createInMemoryBackend, type StoreBackend } from "../../src/index.ts";
import { backendChannels, followVerbs, traceBackend } from "../../src/tracing/index.ts";
import { openTraced, recordCalls, recordWatches, secretManifest, secretRef } from "./support.ts";

const body = secretManifest("web");

/** Stands in for whoever listens to uncaught exceptions, until the test ends. */
function captureUncaught(): unknown[] {
  const errors: unknown[] = [];
  const displaced = process.listeners("uncaughtException");
  const capture = (error: unknown): void => void errors.push(error);
  process.removeAllListeners("uncaughtException");
  process.on("uncaughtException", capture);
  onTestFinished(() => {
    process.off("uncaughtException", capture);
    for (const listener of displaced) process.on("uncaughtException", listener);
  });
  return errors;
}

test("without subscribers, promises and watches are the backend's own", async () => {
  const inner = await createInMemoryBackend();
  const returned: Promise<unknown>[] = [];
  const spy = new Proxy(inner, {
    get(target, key) {
      const own: unknown = Reflect.get(target, key);
      if (typeof own !== "function") return own;
      return (...args: unknown[]) => {
        const promise: Promise<unknown> = own.apply(target, args);
        returned.push(promise);
        return promise;
      };
    },
  });
  const store = traceBackend(spy);
  const calls = [
    () => store.apply("yaml", body),
    () => store.list("Secret", "shop", "yaml"),
    () => store.watch("Secret", "shop", "yaml"),
    () => store.snapshot(),
    () => store.close(),
  ];
  for (const call of calls) {
    const promise: Promise<unknown> = call();
    expect(promise).toBe(returned.at(-1));
    await promise;
  }
  expect(returned).toHaveLength(calls.length);
});

test("what is no verb passes through", async () => {
  const inner = await createInMemoryBackend({ name: "mine" });
  const store = traceBackend(inner);
  await store.apply("yaml", body);
  const watch = await store.watch("Secret", undefined, "yaml");
  expect(store.name).toBe("mine");
  expect(store.capabilities).toBe(inner.capabilities);
  expect(store.diagnostics()).toEqual(inner.diagnostics());
  expect([store.resourceCount(), store.subscriberCount()]).toEqual([1, 1]);
  await watch.close();
  await store[Symbol.asyncDispose]();
  expect(inner.diagnostics().state).toBe("closed");
});

describe("a subscriber that throws", () => {
  test("harms no verb; Node reports its error as uncaught", async () => {
    const store = await openTraced();
    const uncaught = captureUncaught();
    const fail = (): never => {
      throw new Error("a subscriber's bug");
    };
    onTestFinished(
      followVerbs({ start: fail, end: fail, error: fail, asyncStart: fail, asyncEnd: fail }),
    );
    expect(await store.apply("yaml", body)).toMatchObject({ operation: "created" });
    await expect(store.get(secretRef("missing"), "yaml")).rejects.toMatchObject({
      code: "not_found",
    });
    await new Promise((resolve) => setImmediate(resolve));
    expect(uncaught).toHaveLength(4 + 5);
    expect(uncaught[0]).toMatchObject({ message: "a subscriber's bug" });
  });

  test("so does one that fails to make a store's value", async () => {
    const store = await openTraced();
    const uncaught = captureUncaught();
    const storage = new AsyncLocalStorage<unknown>();
    backendChannels.apply.start.bindStore(storage, () => {
      throw new Error("a subscriber's bug");
    });
    onTestFinished(() => void backendChannels.apply.start.unbindStore(storage));
    expect(await store.apply("yaml", body)).toMatchObject({ operation: "created" });
    await new Promise((resolve) => setImmediate(resolve));
    expect(uncaught).toHaveLength(1);
  });

  test("neither does one that overwrites what it is told", async () => {
    const store = await openTraced();
    const given = secretRef("web");
    onTestFinished(
      followVerbs({
        start: (context) => {
          if (context.ref !== undefined) Object.assign(context.ref, { name: "another" });
        },
      }),
    );
    await store.apply("yaml", body);
    expect((await store.get(given, "yaml")).ref.name).toBe("web");
    expect(given.name).toBe("web");
  });
});

const throwing = new Proxy(
  {},
  {
    get: () => {
      throw new Error("a getter's bug");
    },
  },
);

describe.each(["with", "without"])("%s a subscriber", (way) => {
  const open = async (): Promise<StoreBackend> => {
    if (way === "with") {
      recordCalls();
      recordWatches();
    }
    return openTraced();
  };

  test.each([
    ["no bytes", (store: StoreBackend) => store.apply("yaml", "text" as never)],
    ["no format", (store: StoreBackend) => store.apply(undefined as never, body)],
    ["no reference", (store: StoreBackend) => store.get(null as never, "yaml")],
    ["a number for a name", (store: StoreBackend) => store.delete({ kind: 1 } as never)],
    [
      "options that are null",
      (store: StoreBackend) => store.watch("A", "b", "yaml", null as never),
    ],
    ["no arguments", (store: StoreBackend) => Reflect.apply(store.list, store, [])],
    ["no snapshot", (store: StoreBackend) => store.restore(null as never)],
  ])("%s rejects with a TypeError", async (_, call) => {
    await expect(call(await open())).rejects.toBeInstanceOf(TypeError);
  });

  test("a reference whose getters throw rejects, and throws nothing", async () => {
    const store = await open();
    await expect(store.get(throwing as never, "yaml")).rejects.toBeInstanceOf(Error);
    await expect(store.delete(throwing as never)).rejects.toBeInstanceOf(Error);
  });

  test("a backend that throws is one that rejects, and one that returns nonsense returns it", async () => {
    await open();
    const inner = await createInMemoryBackend();
    const broken = traceBackend(
      Object.assign(Object.create(inner), {
        name: "broken",
        get: () => {
          throw new RangeError("at once");
        },
        list: async () => undefined,
      }),
    );
    await expect(broken.get(secretRef("web"), "yaml")).rejects.toBeInstanceOf(RangeError);
    expect(await broken.list("Secret", undefined, "yaml")).toBeUndefined();
  });
});
