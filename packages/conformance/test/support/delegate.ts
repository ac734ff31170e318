/** A backend that hands everything on to another one: what every wrapper is at heart. */

import type { StoreBackend } from "@engenho/sdk";

/** Each method of the backend by itself, but for those that are given. */
export function delegate(backend: StoreBackend, parts: Partial<StoreBackend> = {}): StoreBackend {
  return {
    name: backend.name,
    capabilities: backend.capabilities,
    apply: (...args) => backend.apply(...args),
    get: (...args) => backend.get(...args),
    list: (...args) => backend.list(...args),
    delete: (...args) => backend.delete(...args),
    watch: (...args) => backend.watch(...args),
    snapshot: (...args) => backend.snapshot(...args),
    restore: (...args) => backend.restore(...args),
    resourceCount: () => backend.resourceCount(),
    subscriberCount: () => backend.subscriberCount(),
    diagnostics: () => backend.diagnostics(),
    close: () => backend.close(),
    [Symbol.asyncDispose]: () => backend[Symbol.asyncDispose](),
    ...parts,
  };
}
