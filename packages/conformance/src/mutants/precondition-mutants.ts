/** Mutants that do not keep what `ifRevision` and a signal promise. */

import { type ApplyResult, BackendError, type StoreBackend } from "@engenho/sdk";
import { nextTurn } from "../harness/next-turn.ts";
import { type Bug, inMemory } from "./bug.ts";
import type { Mutant } from "./mutant.ts";

export const preconditionMutants: readonly Mutant[] = [
  {
    id: "apply-forgets-options",
    title: "forgets the options of apply",
    breaks: [
      "CORE-044",
      "CORE-045",
      "CORE-046",
      "CORE-053",
      "CORE-054",
      "CORE-055",
      "CORE-091",
      "CONC-001",
      "CONC-003",
      "CONC-004",
      "WATCH-006",
      "SNAP-011",
    ],
    make: inMemory((sound, reached) => ({
      apply: (format, body, options) => {
        const isWrong = options?.signal !== undefined && !(options.signal instanceof AbortSignal);
        if (isWrong || typeof options?.ifRevision === "number")
          return sound.apply(format, body, options);
        if (options?.ifRevision !== undefined || options?.signal !== undefined) reached();
        return sound.apply(format, body);
      },
    })),
  },
  {
    id: "apply-stale-accepted",
    title: "writes over whatever is there once it was asked for a revision",
    breaks: [
      "CORE-044",
      "CORE-046",
      "CORE-054",
      "CORE-091",
      "CONC-001",
      "CONC-003",
      "CONC-004",
      "WATCH-006",
      "SNAP-011",
    ],
    make: inMemory((sound, reached) => ({
      apply: async (format, body, options) => {
        const kept = body instanceof Uint8Array ? new Uint8Array(body) : body;
        try {
          return await sound.apply(format, kept, options);
        } catch (error) {
          if (options?.ifRevision === "absent" || !BackendError.is(error, "conflict")) throw error;
          reached();
          return sound.apply(format, kept);
        }
      },
    })),
  },
  {
    id: "apply-announces-conflicts",
    title: "announces a write before it checks the precondition",
    breaks: ["WATCH-006", "CORE-044", "CORE-045", "CORE-054", "CONC-001", "CONC-003", "CONC-004"],
    make: inMemory((sound, reached) => ({
      apply: async (format, body, options) => {
        const kept = body instanceof Uint8Array ? new Uint8Array(body) : body;
        try {
          return await sound.apply(format, kept, options);
        } catch (error) {
          if (BackendError.is(error, "conflict")) {
            reached();
            await sound.apply(format, kept);
          }
          throw error;
        }
      },
    })),
  },
  {
    id: "create-replaces",
    title: "replaces where it was to create",
    breaks: ["CORE-045", "CORE-053", "CONC-001", "CONC-003", "WATCH-006"],
    make: inMemory((sound, reached) => ({
      apply: (format, body, options) => {
        if (options?.ifRevision !== "absent") return sound.apply(format, body, options);
        const { ifRevision: _, ...others } = options;
        reached();
        return sound.apply(format, body, others);
      },
    })),
  },
  {
    id: "apply-compares-bytes-first",
    title: "compares the bytes before it looks at ifRevision",
    breaks: ["CORE-046", "CORE-045", "CORE-054", "CONC-001", "CONC-003"],
    make: inMemory((sound, reached) => ({
      apply: async (format, body, options) => {
        const kept = body instanceof Uint8Array ? new Uint8Array(body) : body;
        try {
          return await sound.apply(format, kept, options);
        } catch (error) {
          if (!BackendError.is(error, "conflict")) throw error;
          const same = await present(sound, format, kept);
          if (same === undefined) throw error;
          reached();
          return same;
        }
      },
    })),
  },
  {
    id: "apply-check-then-write",
    title: "checks a revision, and writes a moment later",
    breaks: ["CORE-053", "CORE-054", "CORE-044", "CORE-045", "CONC-004"],
    make: inMemory(checksThenWrites),
  },
  {
    id: "create-retries-refusals",
    title: "tries a write again that was refused, without its precondition",
    breaks: [
      "CORE-053",
      "CORE-044",
      "CORE-045",
      "CORE-046",
      "CORE-054",
      "CORE-091",
      "CONC-001",
      "CONC-003",
      "CONC-004",
      "WATCH-006",
      "SNAP-011",
    ],
    make: inMemory((sound, reached) => ({
      apply: async (format, body, options) => {
        const kept = body instanceof Uint8Array ? new Uint8Array(body) : body;
        try {
          return await sound.apply(format, kept, options);
        } catch (error) {
          if (!BackendError.is(error, "conflict")) throw error;
          reached();
          return sound.apply(format, kept);
        }
      },
    })),
  },
  {
    id: "delete-forgets-options",
    title: "forgets the options of delete",
    breaks: ["CORE-082", "CORE-055", "CONC-001", "CONC-003", "CONC-004", "WATCH-006"],
    make: inMemory((sound, reached) => ({
      delete: (ref, options) => {
        if (options?.ifRevision === ("absent" as string)) return sound.delete(ref, options);
        if (options !== undefined) reached();
        return sound.delete(ref);
      },
    })),
  },
  {
    id: "snapshot-ignores-abort",
    title: "takes a snapshot whether or not the signal is aborted",
    breaks: ["CORE-055"],
    make: inMemory((sound, reached) => ({
      snapshot: (options) => {
        if (options?.signal?.aborted === true) reached();
        return sound.snapshot();
      },
    })),
  },
  {
    id: "abort-leaves-half",
    title: "leaves half of an apply that is aborted",
    breaks: ["CORE-056"],
    says: /an aborted apply has left the value torn/,
    make: inMemory((sound, reached) => ({
      apply: async (format, body, options) => {
        if (!(options?.signal instanceof AbortSignal) || options.signal.aborted)
          return sound.apply(format, body, options);
        const text = new TextDecoder().decode(body);
        const { signal: _, ...others } = options;
        const result = await sound.apply(format, body, others);
        if (!options.signal.aborted) return result;
        reached();
        await sound.apply(format, new TextEncoder().encode(text.replace('"new"', '"torn"')));
        throw new BackendError("aborted", "given up", { outcome: "unknown" });
      },
    })),
  },
  {
    id: "abort-writes-later",
    title: "says that an apply was given up, and writes it later",
    breaks: ["CORE-056"],
    mayFail: ["CONC-005"],
    make: inMemory((sound, reached) => ({
      apply: async (format, body, options) => {
        if (!(options?.signal instanceof AbortSignal) || options.signal.aborted)
          return sound.apply(format, body, options);
        const kept = new Uint8Array(body);
        reached();
        setTimeout(() => void sound.apply(format, kept).catch(() => {}), 20);
        throw new BackendError("aborted", "given up", { outcome: "none" });
      },
    })),
  },
];

/** What an apply of these very bytes would find unchanged. */
async function present(
  sound: StoreBackend,
  format: string,
  body: Uint8Array,
): Promise<ApplyResult | undefined> {
  const { items } = await sound.list("ConfigMap", undefined, format);
  const found = items.find((item) => Buffer.compare(item.body, body) === 0);
  return found && { ref: found.ref, operation: "unchanged", revision: found.revision };
}

function checksThenWrites(...[sound, reached]: Parameters<Bug>): ReturnType<Bug> {
  return {
    apply: async (format, body, options) => {
      const { ifRevision } = options ?? {};
      if (ifRevision === undefined || options?.signal !== undefined || format === "x-unknown")
        return sound.apply(format, body, options);
      const kept = new Uint8Array(body);
      const { items } = await sound.list("ConfigMap", undefined, format);
      // What stands in both manifests: name and namespace.
      const head = (bytes: Uint8Array): string =>
        new TextDecoder().decode(bytes).split("data:")[0] ?? "";
      const found = items.find((item) => head(item.body) === head(kept));
      if (ifRevision !== (found?.revision ?? "absent")) return sound.apply(format, kept, options);
      await nextTurn();
      reached();
      return sound.apply(format, kept);
    },
  };
}
