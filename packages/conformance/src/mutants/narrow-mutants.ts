/** Mutants whose bug shows in one format, with one option or in one answer only: everything beside it is right. */

import {
  BackendError,
  type BackendErrorDetails,
  referenceKey,
  type ResourceFormat,
  type WriteOptions,
} from "@engenho/sdk";
import { type Bug, inMemory } from "./bug.ts";
import type { Mutant } from "./mutant.ts";
import { changing, opening } from "./watch-bug.ts";

export const narrowMutants: readonly Mutant[] = [
  {
    id: "watch-resume-forgets-namespace",
    title: "forgets the namespace of a watch that is resumed",
    breaks: ["WATCH-014", "WATCH-017"],
    says: /changes that a resumed watch delivers/,
    make: inMemory(resuming((_, format) => [undefined, format])),
  },
  {
    id: "watch-resume-as-native",
    title: "answers a resumed watch as native",
    breaks: ["WATCH-014"],
    says: /format of the \w+ event of a watch resumed in json/,
    make: inMemory(resuming((namespace) => [namespace, "native"])),
  },
  {
    id: "conditions-not-for-native",
    title: "ignores ifRevision for native bodies",
    breaks: ["CORE-044", "CORE-045", "CORE-046"],
    says: /apply over a stale revision: expected a rejection/,
    make: inMemory((sound, reached) => ({
      apply: (format, body, options) => {
        if (format !== "native" || typeof options?.ifRevision !== "string")
          return sound.apply(format, body, options);
        reached();
        return sound.apply(format, body, unconditional(options));
      },
    })),
  },
  {
    id: "delete-conditions-not-for-native",
    title: "ignores ifRevision in deletes of what was applied as native",
    breaks: ["CORE-082"],
    says: /delete of a stale revision: expected a rejection/,
    make: inMemory((sound, reached) => {
      const native = new Set<string>();
      return {
        apply: async (format, ...args) => {
          const result = await sound.apply(format, ...args);
          if (format === "native") native.add(referenceKey(result.ref));
          return result;
        },
        delete: async (ref, options) => {
          const isConditional = typeof options?.ifRevision === "string";
          if (!isConditional || !native.has(referenceKey(ref))) return sound.delete(ref, options);
          reached();
          return sound.delete(ref);
        },
      };
    }),
  },
  {
    id: "condition-empty-is-none",
    title: "takes an empty ifRevision for none",
    breaks: ["CORE-044"],
    says: /apply over an empty revision should be "conflict" or a TypeError, it resolved/,
    make: inMemory((sound, reached) => ({
      apply: (format, body, options) => {
        if (options?.ifRevision !== "") return sound.apply(format, body, options);
        reached();
        return sound.apply(format, body, unconditional(options));
      },
    })),
  },
  {
    id: "conflict-without-reference",
    title: "does not say which resource a conflict is about",
    breaks: ["CORE-044", "CORE-045", "CORE-082", "CORE-046"],
    says: /the error does not say of which resource/,
    make: inMemory(failing("conflict", { ref: undefined })),
  },
  {
    id: "retry-after-bad-manifest",
    title: "says that a retry helps after invalid_manifest",
    breaks: ["CORE-091"],
    says: /retryable.*expected false, got true/,
    make: inMemory(failing("invalid_manifest", { retryable: true })),
  },
  {
    id: "retry-after-not-found",
    title: "says that a retry helps after not_found",
    breaks: ["CORE-091"],
    says: /retryable.*expected false, got true/,
    make: inMemory(failing("not_found", { retryable: true })),
  },
  {
    id: "retry-after-closed",
    title: "says that a retry helps after closed",
    breaks: ["CORE-004"],
    says: /retryable.*expected false, got true/,
    make: inMemory(failing("closed", { retryable: true })),
  },
  {
    id: "retry-after-too-large",
    title: "says that a retry helps after too_large",
    breaks: ["CORE-013"],
    says: /retryable.*expected false, got true/,
    make: inMemory(failing("too_large", { retryable: true })),
  },
  {
    id: "unchanged-without-namespace",
    title: "leaves the namespace out of the answer where nothing changed",
    breaks: ["CORE-040"],
    says: /apply, unchanged: reference/,
    make: inMemory((sound, reached) => ({
      apply: async (...args) => {
        const { ref, ...result } = await sound.apply(...args);
        if (result.operation !== "unchanged" || ref.namespace === undefined)
          return { ref, ...result };
        reached();
        return { ...result, ref: { kind: ref.kind, name: ref.name } };
      },
    })),
  },
  {
    id: "aborted-delete-goes-on",
    title: "says that a delete was given up, and goes on with it",
    breaks: ["CORE-056", "CONC-005"],
    says: /operation after an aborted delete with outcome none: expected "unchanged", got "created"/,
    make: inMemory((sound, reached) => ({
      delete: async (ref, options) => {
        const { signal } = options ?? {};
        if (signal === undefined || signal.aborted) return sound.delete(ref, options);
        await new Promise<void>((resolve, reject) => {
          const giveUp = (): void => {
            reached();
            reject(givenUp());
          };
          signal.addEventListener("abort", giveUp, { once: true });
          sound.delete(ref).then(resolve, reject);
        });
      },
    })),
  },
  {
    id: "errors-cause-quotes-values",
    title: "keeps the whole manifest in the cause of an error",
    breaks: ["CORE-092"],
    says: /the message of cause 1 repeats a value/,
    make: inMemory((sound, reached) => ({
      apply: async (format, body, options) => {
        const text = body instanceof Uint8Array ? new TextDecoder().decode(body) : "";
        try {
          return await sound.apply(format, body, options);
        } catch (error) {
          if (!BackendError.is(error, "invalid_manifest")) throw error;
          reached();
          const { reason, backend, verb, ref, field, outcome } = error;
          const details = { backend, verb, ref, field, outcome, cause: new Error(text) };
          throw new BackendError("invalid_manifest", reason, details);
        }
      },
    })),
  },
  {
    id: "watch-rounds-numbers",
    title: "rounds numbers in what it watches as JSON",
    breaks: ["WATCH-007"],
    says: /body of the \w+ event of yaml in json/,
    make: inMemory(
      changing((event) => {
        if (!("resource" in event) || event.resource.format !== "json") return event;
        const text = new TextDecoder().decode(event.resource.body);
        const body = new TextEncoder().encode(JSON.stringify(JSON.parse(text)));
        return text.includes("9007199254740993")
          ? { ...event, resource: { ...event.resource, body } }
          : event;
      }),
    ),
  },
  {
    id: "watch-small-default-buffer",
    title: "lets 1,000 events wait where nobody says how many",
    breaks: ["WATCH-020"],
    says: /1024 waiting events and no bufferLimit of its own/,
    make: inMemory(
      opening((sound, [kind, namespace, format, options], reached) => {
        if (options?.bufferLimit === undefined) reached();
        return sound.watch(kind, namespace, format, { bufferLimit: 1_000, ...options });
      }),
    ),
  },
  {
    id: "aborted-delete-comes-later",
    title: "says that a delete was given up, and does it later",
    breaks: ["CORE-056"],
    mayFail: ["CONC-005"], // if the delete comes while it looks
    // A busy machine may look only when the delete has come.
    says: /cannot be read a while after the abort|with outcome none/,
    make: inMemory((sound, reached) => ({
      delete: async (ref, options) => {
        const { signal } = options ?? {};
        if (signal === undefined || signal.aborted) return sound.delete(ref, options);
        reached();
        setTimeout(() => void sound.delete(ref).catch(() => {}), 20);
        throw givenUp();
      },
    })),
  },
];

function givenUp(): BackendError {
  return new BackendError("aborted", "given up", { outcome: "none" });
}

function unconditional({ signal }: WriteOptions): WriteOptions {
  return signal === undefined ? {} : { signal };
}

/** Watches that ask for something else if they are resumed. */
function resuming(
  change: (
    namespace: string | undefined,
    format: ResourceFormat,
  ) => readonly [namespace: string | undefined, format: ResourceFormat],
): Bug {
  return opening((sound, [kind, namespace, format, options], reached) => {
    if (options?.since === undefined) return sound.watch(kind, namespace, format, options);
    const [otherNamespace, otherFormat] = change(namespace, format);
    if (otherNamespace !== namespace || otherFormat !== format) reached();
    return sound.watch(kind, otherNamespace, otherFormat, options);
  });
}

/** Errors of this code that say something else, whatever the verb. */
function failing(code: string, details: BackendErrorDetails): Bug {
  return (sound, reached) => {
    const otherwise = async <T>(call: Promise<T>): Promise<T> => {
      try {
        return await call;
      } catch (error) {
        if (!BackendError.is(error, code)) throw error;
        reached();
        const { reason, backend, verb, ref, field, outcome, retryable } = error;
        const same = { backend, verb, ref, field, outcome, retryable };
        throw new BackendError(code, reason, { ...same, ...details });
      }
    };
    return {
      apply: (...args) => otherwise(sound.apply(...args)),
      get: (...args) => otherwise(sound.get(...args)),
      delete: (...args) => otherwise(sound.delete(...args)),
    };
  };
}
