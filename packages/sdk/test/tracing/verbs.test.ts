/** Every verb is told of from start to end, truly and without a body. */

import { AsyncLocalStorage } from "node:async_hooks";
import { inspect } from "node:util";
import { expect, onTestFinished, test } from "vitest";
import { BackendError, createInMemoryBackend, type StoreBackend } from "../../src/index.ts";
import {
  backendChannels,
  followVerbs,
  traceBackend,
  type TracedVerb,
  type VerbContext,
} from "../../src/tracing/index.ts";
import {
  openTraced,
  recordCalls,
  recordWatches,
  secret,
  secretManifest,
  secretRef,
  withParts,
} from "./support.ts";

const body = secretManifest("web");
const about = { backend: "in-memory", kind: "Secret", namespace: "shop" };

test("what every verb was about and how it ended", async () => {
  const store = await openTraced();
  const calls = recordCalls();
  await store.apply("yaml", body);
  const { body: json } = await store.get(secretRef("web"), "json");
  await store.list("Secret", "shop", "yaml");
  const watch = await store.watch("Secret", undefined, "json");
  await watch.close();
  const snapshot = await store.snapshot();
  await store.delete(secretRef("web"));
  await store.restore(snapshot);
  await store.close();

  const ref = secretRef("web");
  expect(calls).toEqual([
    {
      ...about,
      verb: "apply",
      ref,
      format: "yaml",
      bytesIn: body.length,
      operation: "created",
    },
    { ...about, verb: "get", ref, format: "json", bytesOut: json.length },
    { ...about, verb: "list", format: "yaml", items: 1, bytesOut: body.length },
    { backend: "in-memory", verb: "watch", kind: "Secret", format: "json" },
    { backend: "in-memory", verb: "snapshot", bytesOut: snapshot.length },
    { ...about, verb: "delete", ref },
    { backend: "in-memory", verb: "restore", bytesIn: snapshot.length },
    { backend: "in-memory", verb: "close" },
  ]);
});

test("failures have a code and an outcome, and apply's the reference that it had read", async () => {
  const store = await openTraced();
  const calls = recordCalls();
  await store.apply("yaml", body);
  await Promise.allSettled([
    store.get(secretRef("missing"), "yaml"),
    store.apply("yaml", body, { ifRevision: "absent" }),
    store.apply("yaml", new TextEncoder().encode(`kind: [${secret}`)),
  ]);
  expect(calls.slice(1).map(({ verb, ref, error }) => ({ verb, ref, error }))).toEqual(
    expect.arrayContaining([
      {
        verb: "get",
        ref: secretRef("missing"),
        error: expect.objectContaining({
          name: "BackendError",
          code: "not_found",
          outcome: "none",
          retryable: false,
          message: expect.stringContaining("in-memory: get"),
        }),
      },
      {
        verb: "apply",
        ref: secretRef("web"),
        error: expect.objectContaining({ code: "conflict" }),
      },
      {
        verb: "apply",
        ref: undefined,
        error: expect.objectContaining({ code: "invalid_manifest" }),
      },
    ]),
  );
});

test.each([false, true])(
  "the five messages come in the order of TracingChannel, with one context (fails: %s)",
  async (fails) => {
    const store = await openTraced();
    const told: [string, VerbContext][] = [];
    const listen = (event: string) => (context: VerbContext) => void told.push([event, context]);
    const stop = followVerbs({
      start: listen("start"),
      end: listen("end"),
      error: listen("error"),
      asyncStart: listen("asyncStart"),
      asyncEnd: listen("asyncEnd"),
    });
    const format = fails ? "xml" : "yaml";
    const call = store.apply(format, body);
    expect(told.map(([event]) => event)).toEqual(["start", "end"]);
    await Promise.allSettled([call]);
    stop();
    await store.apply("yaml", body);
    expect(told.map(([event]) => event)).toEqual([
      ...["start", "end"],
      ...(fails ? ["error"] : []),
      ...["asyncStart", "asyncEnd"],
    ]);
    expect(new Set(told.map(([, context]) => context)).size).toBe(1);
  },
);

test("the names are those that are documented", async () => {
  for (const [verb, channel] of Object.entries(backendChannels)) {
    expect(channel.start.name).toBe(`tracing:engenho.${verb}:start`);
    expect(channel.asyncEnd.name).toBe(`tracing:engenho.${verb}:asyncEnd`);
  }
});

test("a backend runs inside the stores that are bound to start, and its caller does not", async () => {
  const storage = new AsyncLocalStorage<TracedVerb>();
  const seen: (TracedVerb | undefined)[] = [];
  const inner = await createInMemoryBackend();
  const get: StoreBackend["get"] = async (...args) => {
    await Promise.resolve();
    seen.push(storage.getStore());
    return inner.get(...args);
  };
  const store = traceBackend(withParts(inner, { get }));
  backendChannels.get.start.bindStore(storage, ({ verb }: VerbContext) => verb);
  onTestFinished(() => void backendChannels.get.start.unbindStore(storage));
  await store.apply("yaml", body);
  await store.get(secretRef("web"), "yaml");
  seen.push(storage.getStore());
  expect(seen).toEqual(["get", undefined]);
});

test("no message has a body, a value of one, or what an error was caused by", async () => {
  const store = await openTraced();
  const calls = recordCalls();
  const { events, ends } = recordWatches();
  const watch = await store.watch("Secret", undefined, "yaml");
  const text = new TextDecoder().decode(body);
  await store.apply("yaml", body);
  await Promise.allSettled([
    // @ts-expect-error bytes are wanted
    store.apply("yaml", text),
    store.apply("yaml", new TextEncoder().encode(`kind: [${secret}`)),
    store.get({ kind: "Secret", name: text.repeat(6) }, "yaml"),
    store.list(text.repeat(6), text.repeat(6), "yaml"),
    store.restore(body),
    // @ts-expect-error bytes are wanted
    store.restore(text),
  ]);
  for await (const { type } of watch) if (type === "bookmark") break;
  const all = inspect([calls, events, ends], { depth: 20, maxStringLength: null });
  expect(calls.length + events.length + ends.length).toBe(10);
  expect(all).not.toContain(`password: ${secret}`);
  expect(all).not.toContain(`[${secret}`);
  expect(all).not.toContain("Uint8Array");
});

test("what is not a BackendError is told by its name alone", async () => {
  const inner = await createInMemoryBackend();
  const error = new RangeError(secret);
  const store = traceBackend(withParts(inner, { snapshot: () => Promise.reject(error) }));
  const calls = recordCalls();
  await expect(store.snapshot()).rejects.toBe(error);
  expect(calls).toEqual([
    { backend: "in-memory", verb: "snapshot", error: { name: "RangeError" } },
  ]);
});

test("a BackendError reaches the caller as it is", async () => {
  const inner = await createInMemoryBackend();
  const error = new BackendError("timeout", "no answer");
  const store = traceBackend(withParts(inner, { snapshot: () => Promise.reject(error) }));
  recordCalls();
  await expect(store.snapshot()).rejects.toBe(error);
});
