/** Mistakes that wrappers make: each loses one thing on the way. */

import { BackendError, type Resource, type StoreBackend } from "@engenho/sdk";
import type { BackendWrapper } from "../../src/index.ts";
import { delegate } from "./delegate.ts";

/** A mistake, a requirement that finds it, and a wrapper that makes it. */
export const wrapperBugs: readonly (readonly [bug: string, id: string, wrap: BackendWrapper])[] = [
  [
    "hands the body on a moment later, when it may have changed",
    "CORE-047",
    (backend) =>
      delegate(backend, {
        apply: async (...args) => {
          await Promise.resolve();
          return backend.apply(...args);
        },
      }),
  ],
  [
    "forgets the options of apply",
    "CORE-044",
    (backend) => delegate(backend, { apply: (format, body) => backend.apply(format, body) }),
  ],
  [
    "forgets the options of delete",
    "CORE-082",
    (backend) => delegate(backend, { delete: (ref) => backend.delete(ref) }),
  ],
  [
    "forgets the signal",
    "CORE-055",
    (backend) => delegate(backend, { snapshot: () => backend.snapshot() }),
  ],
  [
    "forgets the options of watch",
    "WATCH-014",
    (backend) =>
      delegate(backend, {
        watch: (kind, namespace, format) => backend.watch(kind, namespace, format),
      }),
  ],
  ["remembers what it has read", "CORE-051", remembersReads],
  [
    "hands out one body twice",
    "CORE-048",
    (backend) => {
      const bodies = new Map<string, Uint8Array>();
      const get: StoreBackend["get"] = async (...args) => {
        const read = await backend.get(...args);
        const key = `${read.revision} ${read.format}`;
        const body = bodies.get(key) ?? read.body;
        bodies.set(key, body);
        return { ...read, body };
      };
      return delegate(backend, { get });
    },
  ],
  [
    "makes another class of every error",
    "CORE-091",
    (backend) =>
      delegate(backend, {
        get: async (...args) => {
          try {
            return await backend.get(...args);
          } catch (cause) {
            throw new Error("get failed", { cause });
          }
        },
      }),
  ],
  [
    "says that every failure is internal",
    "CORE-093",
    (backend) =>
      delegate(backend, {
        get: async (...args) => {
          try {
            return await backend.get(...args);
          } catch (cause) {
            if (cause instanceof TypeError) throw cause;
            throw new BackendError("internal", "get failed", { verb: "get", outcome: "none" });
          }
        },
      }),
  ],
  [
    "reads an argument before there is a promise to reject",
    "CORE-090",
    (backend) =>
      delegate(backend, {
        get: (ref, format, options) => backend.get({ ...ref, kind: ref.kind }, format, options),
      }),
  ],
  [
    "gives an iterator that cannot be left",
    "WATCH-025",
    (backend) =>
      delegate(backend, {
        watch: async (...args) => {
          const watch = await backend.watch(...args);
          return {
            close: () => watch.close(),
            [Symbol.asyncDispose]: () => watch.close(),
            [Symbol.asyncIterator]: () => {
              const iterator = watch[Symbol.asyncIterator]();
              return { next: () => iterator.next() };
            },
          };
        },
      }),
  ],
  [
    "counts its own watches",
    "WATCH-026",
    (backend) => delegate(backend, { subscriberCount: () => 0 }),
  ],
  [
    "closes nothing when its block is left",
    "CORE-007",
    (backend) => delegate(backend, { [Symbol.asyncDispose]: async () => {} }),
  ],
  [
    "remembers its diagnostics",
    "CORE-005",
    (backend) => {
      const diagnostics = backend.diagnostics();
      return delegate(backend, { diagnostics: () => diagnostics });
    },
  ],
  [
    "tries a write again that was refused",
    "CORE-053",
    (backend) =>
      delegate(backend, {
        apply: async (format, body, options) => {
          const bytes = new Uint8Array(body);
          try {
            return await backend.apply(format, body, options);
          } catch (error) {
            if (!BackendError.is(error, "conflict")) throw error;
            return backend.apply(format, bytes);
          }
        },
      }),
  ],
  [
    "hands out one snapshot twice",
    "SNAP-012",
    (backend) => {
      let taken: Promise<Uint8Array> | undefined;
      return delegate(backend, { snapshot: (options) => (taken ??= backend.snapshot(options)) });
    },
  ],
];

function remembersReads(backend: StoreBackend): StoreBackend {
  const known = new Map<string, Resource>();
  const get: StoreBackend["get"] = async (ref, format, options) => {
    const key = JSON.stringify([ref, format]);
    const read = known.get(key) ?? (await backend.get(ref, format, options));
    known.set(key, read);
    return { ...read, body: new Uint8Array(read.body) };
  };
  return delegate(backend, { get });
}
