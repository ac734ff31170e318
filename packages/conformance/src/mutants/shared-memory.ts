/** A subject whose stores can be open several times at once, in this process's memory. */

import {
  BackendError,
  createInMemoryBackend,
  type Diagnostics,
  type StoreBackend,
  type Verb,
} from "@engenho/sdk";
import type { Subject } from "../harness/subject.ts";
import { bodyLimit } from "./body-limit.ts";
import { type Bug, withBug } from "./bug.ts";
import type { Reached } from "./mutant.ts";
import { type Events, watchWith } from "./watch-bug.ts";

interface Store {
  readonly backend: StoreBackend;
  readonly handles: Set<StoreBackend>;
}

/** The shared subject with a bug in every handle. */
export function shared(bug?: Bug): (reached: Reached) => Subject {
  return (reached) => sharedMemory(bug, reached);
}

/** A shared subject; the state of a store goes with its last handle. */
export function sharedMemory(bug: Bug = () => ({}), reached: Reached = () => {}): Subject {
  const stores = new Map<string, Store>();
  const open: Subject["open"] = async ({ directory }) => {
    const known = stores.get(directory);
    const store = known ?? {
      backend: await createInMemoryBackend({ capabilities: bodyLimit }),
      handles: new Set<StoreBackend>(),
    };
    stores.set(directory, store);
    const handle: StoreBackend = handleOf(store.backend, async () => {
      store.handles.delete(handle);
      if (store.handles.size > 0) return;
      stores.delete(directory);
      await store.backend.close();
    });
    store.handles.add(handle);
    return withBug(handle, bug, reached);
  };
  return { name: "shared-memory", open, reopen: open };
}

/** One handle: it closes itself alone, and ends its own watches only. */
function handleOf(backend: StoreBackend, release: () => Promise<void>): StoreBackend {
  const watches = new Map<object, () => Promise<void>>();
  const pending = new Set<Promise<unknown>>();
  let state: Diagnostics["state"] = "open";
  let closing: Promise<void> | undefined;
  let lastCount = 0;
  const guarded = <A extends unknown[], R>(verb: Verb, act: (...args: A) => Promise<R>) => {
    return async (...args: A): Promise<R> => {
      if (state !== "open")
        throw new BackendError("closed", "the handle is closed", { verb, backend: backend.name });
      const result = act(...args);
      pending.add(result);
      return result.finally(() => pending.delete(result));
    };
  };
  const resourceCount = (): number => (state === "closed" ? lastCount : backend.resourceCount());
  const close = async (): Promise<void> => {
    state = "closing";
    await Promise.allSettled(pending);
    await Promise.all([...watches.values()].map((end) => end()));
    lastCount = backend.resourceCount();
    state = "closed";
    await release();
  };
  const closeOnce = (): Promise<void> => (closing ??= close());
  return {
    name: backend.name,
    capabilities: { ...backend.capabilities, sharing: "shared", externalWrites: true },
    apply: guarded("apply", backend.apply.bind(backend)),
    get: guarded("get", backend.get.bind(backend)),
    list: guarded("list", backend.list.bind(backend)),
    delete: guarded("delete", backend.delete.bind(backend)),
    watch: guarded("watch", async (...args: Parameters<StoreBackend["watch"]>) => {
      const watch = await backend.watch(...args);
      const token = {};
      const ended = (): void => void watches.delete(token);
      args[3]?.signal?.addEventListener("abort", ended);
      const end = (): Promise<void> => {
        ended();
        return watch.close();
      };
      watches.set(token, end);
      return { ...watchWith(watch, untilLeft(watch, ended)), close: end };
    }),
    snapshot: guarded("snapshot", backend.snapshot.bind(backend)),
    restore: guarded("restore", backend.restore.bind(backend)),
    resourceCount,
    subscriberCount: () => watches.size,
    diagnostics: () => {
      const { counts, ...diagnostics } = backend.diagnostics();
      const own = { resources: resourceCount(), subscribers: watches.size };
      return { ...diagnostics, state, counts: { ...counts, ...own } };
    },
    close: closeOnce,
    [Symbol.asyncDispose]: closeOnce,
  };
}

async function* untilLeft(events: Events, ended: () => void): Events {
  try {
    yield* events;
  } finally {
    ended();
  }
}
