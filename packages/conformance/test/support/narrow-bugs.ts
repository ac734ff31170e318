/** Bugs that show in one format, with one option or in one answer only: everything beside it is right. */

import {
  BackendError,
  type BackendErrorDetails,
  referenceKey,
  type StoreBackend,
} from "@engenho/sdk";
import type { BackendWrapper } from "../../src/index.ts";
import { delegate } from "./delegate.ts";

/** A bug, the requirement that finds it, what its failure says, and a wrapper that has it. */
export const narrowBugs: readonly (readonly [
  id: string,
  bug: string,
  message: RegExp,
  wrap: BackendWrapper,
])[] = [
  [
    "WATCH-014",
    "forgets the namespace of a watch that is resumed",
    /changes that a resumed watch delivers/,
    (backend) => resuming(backend, (_, format) => [undefined, format]),
  ],
  [
    "WATCH-014",
    "answers a resumed watch as native",
    /format of the \w+ event of a watch resumed in json/,
    (backend) => resuming(backend, (namespace) => [namespace, "native"]),
  ],
  [
    "WATCH-017",
    "forgets the namespace of a watch that begins with a reset",
    /a resumed watch with a namespace: state after the reset/,
    (backend) => resuming(backend, (_, format) => [undefined, format]),
  ],
  [
    "CORE-044",
    "ignores ifRevision for native bodies",
    /apply over a stale revision: expected a rejection/,
    ignoresNativeConditions,
  ],
  [
    "CORE-045",
    "ignores ifRevision for native bodies",
    /create of what is there: expected a rejection/,
    ignoresNativeConditions,
  ],
  [
    "CORE-046",
    "ignores ifRevision for native bodies",
    /identical bytes with a stale revision: expected a rejection/,
    ignoresNativeConditions,
  ],
  [
    "CORE-082",
    "ignores ifRevision in deletes of what was applied as native",
    /delete of a stale revision: expected a rejection/,
    ignoresNativeDeleteConditions,
  ],
  [
    "CORE-044",
    "takes an empty ifRevision for none",
    /apply over an empty revision should be "conflict" or a TypeError, it resolved/,
    (backend) =>
      delegate(backend, {
        apply: (format, body, { ifRevision, ...options } = {}) =>
          backend.apply(format, body, ifRevision ? { ...options, ifRevision } : options),
      }),
  ],
  ...(["CORE-044", "CORE-045", "CORE-082"] as const).map(
    (id) =>
      [
        id,
        "does not say which resource a conflict is about",
        /the error does not say of which resource/,
        (backend: StoreBackend) => failing(backend, "conflict", { ref: undefined }),
      ] as const,
  ),
  ...(
    [
      ["CORE-091", "invalid_manifest"],
      ["CORE-091", "not_found"],
      ["CORE-004", "closed"],
      ["CORE-013", "too_large"],
    ] as const
  ).map(
    ([id, code]) =>
      [
        id,
        `says that a retry helps after ${code}`,
        /retryable.*expected false, got true/,
        (backend: StoreBackend) => failing(backend, code, { retryable: true }),
      ] as const,
  ),
  [
    "CORE-040",
    "leaves the namespace out of the answer where nothing changed",
    /apply, unchanged: reference/,
    (backend) =>
      delegate(backend, {
        apply: async (...args) => {
          const { ref, ...result } = await backend.apply(...args);
          const { kind, name } = ref;
          return { ...result, ref: result.operation === "unchanged" ? { kind, name } : ref };
        },
      }),
  ],
  [
    "CORE-056",
    "says that a delete was given up, and goes on with it",
    /operation after an aborted delete with outcome none: expected "unchanged", got "created"/,
    (backend) =>
      delegate(backend, {
        delete: async (ref, options = {}) => {
          const { signal } = options;
          if (signal === undefined || signal.aborted) return backend.delete(ref, options);
          await new Promise<void>((resolve, reject) => {
            signal.addEventListener("abort", () => reject(givenUp()), { once: true });
            backend.delete(ref).then(resolve, reject);
          });
        },
      }),
  ],
  [
    "CORE-056",
    "says that a delete was given up, and does it later",
    /cannot be read a while after the abort/,
    (backend) =>
      delegate(backend, {
        delete: async (ref, options = {}) => {
          const { signal } = options;
          if (signal === undefined || signal.aborted) return backend.delete(ref, options);
          setTimeout(() => void backend.delete(ref).catch(() => {}), 20);
          throw givenUp();
        },
      }),
  ],
];

function givenUp(): BackendError {
  return new BackendError("aborted", "given up", { outcome: "none" });
}

/** Watches that ask for something else if they are resumed. */
function resuming(
  backend: StoreBackend,
  change: (
    namespace: string | undefined,
    format: string,
  ) => readonly [namespace: string | undefined, format: string],
): StoreBackend {
  return delegate(backend, {
    watch: (kind, namespace, format, options) => {
      const isResumed = options?.since !== undefined;
      const [otherNamespace, otherFormat] = isResumed
        ? change(namespace, format)
        : [namespace, format];
      return backend.watch(kind, otherNamespace, otherFormat, options);
    },
  });
}

function ignoresNativeConditions(backend: StoreBackend): StoreBackend {
  return delegate(backend, {
    apply: (format, body, { ifRevision, ...options } = {}) =>
      backend.apply(
        format,
        body,
        format === "native" || ifRevision === undefined ? options : { ...options, ifRevision },
      ),
  });
}

function ignoresNativeDeleteConditions(backend: StoreBackend): StoreBackend {
  const native = new Set<string>();
  return delegate(backend, {
    apply: async (format, ...args) => {
      const result = await backend.apply(format, ...args);
      if (format === "native") native.add(referenceKey(result.ref));
      return result;
    },
    delete: (ref, options) =>
      native.has(referenceKey(ref)) ? backend.delete(ref) : backend.delete(ref, options),
  });
}

/** Errors of this code that say something else, whatever the verb. */
function failing(backend: StoreBackend, code: string, details: BackendErrorDetails): StoreBackend {
  const otherwise = async <T>(call: Promise<T>): Promise<T> => {
    try {
      return await call;
    } catch (error) {
      if (!BackendError.is(error, code)) throw error;
      const { reason, verb, ref, field, outcome, retryable } = error;
      const same = { backend: error.backend, verb, ref, field, outcome, retryable };
      throw new BackendError(code, reason, { ...same, ...details });
    }
  };
  return delegate(backend, {
    apply: (...args) => otherwise(backend.apply(...args)),
    get: (...args) => otherwise(backend.get(...args)),
    delete: (...args) => otherwise(backend.delete(...args)),
  });
}
