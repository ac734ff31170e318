/** A subject whose stores can be open several times at once, in this process's memory. */

import { BackendError, createInMemoryBackend, type StoreBackend, type Watch } from "@engenho/sdk";
import { defineSubject, type Subject } from "../../src/index.ts";
import { delegate } from "./delegate.ts";

/** Closing a handle closes what it has opened; or everything, which is a bug. */
export function sharedMemory(closes: "itself" | "everything"): Subject {
  const stores = new Map<string, { readonly backend: StoreBackend; handles: number }>();
  const open: Subject["open"] = async ({ directory }) => {
    const store = stores.get(directory) ?? { backend: await createInMemoryBackend(), handles: 0 };
    stores.set(directory, store);
    store.handles++;
    return handleOf(store.backend, async () => {
      store.handles--;
      if (closes === "itself" && store.handles > 0) return;
      stores.delete(directory);
      await store.backend.close();
    });
  };
  return defineSubject({ name: "shared-memory", open, reopen: open });
}

function handleOf(backend: StoreBackend, release: () => Promise<void>): StoreBackend {
  const watches: Watch[] = [];
  let closing: Promise<void> | undefined;
  const close = async (): Promise<void> => {
    await Promise.all(watches.map((watch) => watch.close()));
    await release();
  };
  const guarded = <A extends unknown[], R>(verb: (...args: A) => Promise<R>) => {
    return async (...args: A): Promise<R> => {
      if (closing !== undefined) throw new BackendError("closed", "the handle is closed");
      return verb(...args);
    };
  };
  const open = delegate(backend);
  return delegate(backend, {
    capabilities: { ...backend.capabilities, sharing: "shared", externalWrites: true },
    apply: guarded(open.apply),
    get: guarded(open.get),
    list: guarded(open.list),
    delete: guarded(open.delete),
    watch: guarded(async (...args) => {
      const watch = await open.watch(...args);
      watches.push(watch);
      return watch;
    }),
    snapshot: guarded(open.snapshot),
    restore: guarded(open.restore),
    close: () => (closing ??= close()),
    [Symbol.asyncDispose]: () => (closing ??= close()),
  });
}
