/** Applies and deletes that take a shortcut. */

import {
  type ApplyResult,
  BackendError,
  createAdapterRegistry,
  decodeEnvelope,
  type ResourceFormat,
  type StoreBackend,
} from "@engenho/sdk";
import { type Bug, inMemory } from "../bug.ts";
import type { Mutant } from "../mutant.ts";

export const outsideWriteMutants: readonly Mutant[] = [
  {
    id: "outside-unchanged-by-payload",
    title: "decides by the payload alone what is unchanged, whatever the format",
    breaks: ["CORE-041"],
    mayFail: ["CORE-009"],
    make: inMemory(unchangedByPayload),
  },
  {
    id: "outside-precondition-of-the-same",
    title: "answers unchanged instead of conflict when the bytes are there already",
    breaks: ["CORE-046", "CORE-045", "CORE-054", "CONC-003"],
    mayFail: ["CONC-001"],
    make: inMemory((sound, reached) => ({
      apply: async (format, body, options) => {
        const sent = copyOf(body);
        try {
          return await sound.apply(format, sent, options);
        } catch (error) {
          if (!BackendError.is(error, "conflict") || error.ref === undefined) throw error;
          const there = await sound.get(error.ref, format).catch(() => undefined);
          if (there === undefined || !areEqual(there.body, sent)) throw error;
          reached();
          return { ref: there.ref, operation: "unchanged", revision: there.revision };
        }
      },
    })),
  },
  {
    id: "outside-delete-checks-then-acts",
    title: "reads and compares for a conditional delete, and then deletes whatever is there",
    breaks: ["CONC-004"],
    mayFail: ["CONC-001", "CONC-002", "CONC-003"],
    make: inMemory((sound, reached) => ({
      delete: async (ref, options) => {
        if (typeof options?.ifRevision !== "string" || options.ifRevision === "absent")
          return sound.delete(ref, options);
        const { ifRevision, ...rest } = options;
        const target = { ...ref };
        const there = await sound.get(target, "native", rest).catch(() => undefined);
        // What there is to refuse is refused well.
        if (there?.revision !== ifRevision) return sound.delete(target, options);
        reached();
        return sound.delete(target, rest);
      },
    })),
  },
  {
    id: "outside-delete-ignores-precondition",
    title: "has no conditional delete, says so, and deletes all the same",
    breaks: ["CORE-015", "WATCH-006"],
    make: inMemory(
      (sound, reached) => ({
        delete: (ref, options) => {
          if (typeof options?.ifRevision !== "string" || options.ifRevision === "absent")
            return sound.delete(ref, options);
          reached();
          const { ifRevision: _, ...rest } = options;
          return sound.delete(ref, rest);
        },
      }),
      { capabilities: { preconditions: ["create", "replace"] } },
    ),
  },
  {
    id: "outside-manifest-in-message",
    title: "quotes the manifest where it says that it is none, a Secret too",
    breaks: ["CORE-092"],
    make: inMemory((sound, reached) => ({
      apply: async (format, body, options) => {
        const text =
          body instanceof Uint8Array ? new TextDecoder().decode(body.subarray(0, 512)) : "";
        try {
          return await sound.apply(format, body, options);
        } catch (error) {
          if (!BackendError.is(error, "invalid_manifest")) throw error;
          reached();
          const { backend, verb, ref, field, outcome, retryable } = error;
          const details = { backend, verb, ref, field, outcome, retryable, cause: error };
          throw new BackendError("invalid_manifest", `${error.reason}, in: ${text}`, details);
        }
      },
    })),
  },
];

/** Writes run one after another, so that nothing but the comparison is wrong. */
function unchangedByPayload(...[sound, reached]: Parameters<Bug>): ReturnType<Bug> {
  const registry = createAdapterRegistry();
  let lane: Promise<unknown> = Promise.resolve();
  const queued = <T>(act: () => Promise<T>): Promise<T> => {
    const result = lane.then(act);
    lane = result.catch(() => {});
    return result;
  };
  const unchanged = async (
    format: ResourceFormat,
    body: Uint8Array,
  ): Promise<ApplyResult | undefined> => {
    if (format === "native") return undefined;
    try {
      const ref = registry.select(format).reference(body);
      const { body: stored, revision } = await sound.get(ref, "native");
      const envelope = decodeEnvelope(stored);
      if (!areEqual(envelope.payload, body)) return undefined;
      if (envelope.format !== format) reached();
      return { ref, operation: "unchanged", revision };
    } catch {
      return undefined;
    }
  };
  return {
    apply: (format, body, options) => {
      const sent = copyOf(body);
      return queued(async () => {
        const isPlain = sent instanceof Uint8Array && options === undefined;
        return (
          (isPlain ? await unchanged(format, sent) : undefined) ??
          sound.apply(format, sent, options)
        );
      });
    },
    delete: (ref, options) => queued(() => sound.delete(ref, options)),
    restore: (snapshot, options) => {
      const given = copyOf(snapshot);
      return queued(() => sound.restore(given, options));
    },
    close: () => queued(() => sound.close()),
  };
}

/** Arguments that are no bytes stay as they are: the backend says so. */
function copyOf(body: Parameters<StoreBackend["apply"]>[1]): Uint8Array {
  return body instanceof Uint8Array ? new Uint8Array(body) : body;
}

function areEqual(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}
