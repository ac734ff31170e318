/** Mutants whose errors say the wrong thing. */

import { BackendError, encodeEnvelope } from "@engenho/sdk";
import { inMemory } from "./bug.ts";
import type { Mutant } from "./mutant.ts";

export const errorMutants: readonly Mutant[] = [
  {
    id: "manifest-taken-unparsed",
    title: "takes JSON that it has not parsed to its end",
    breaks: ["CORE-049", "CORE-092"],
    make: inMemory((sound, reached) => ({
      apply: async (format, body, options) => {
        const kept = body instanceof Uint8Array ? new Uint8Array(body) : body;
        try {
          return await sound.apply(format, kept, options);
        } catch (error) {
          if (format !== "json" || !BackendError.is(error, "invalid_manifest")) throw error;
          const name = /"name":"(\w+)"/.exec(new TextDecoder().decode(kept))?.[1];
          if (name === undefined) throw error;
          reached();
          const ref = { kind: "ConfigMap", name };
          return sound.apply("native", encodeEnvelope({ ref, format, payload: kept }));
        }
      },
    })),
  },
  {
    id: "errors-thrown-synchronously",
    title: "reads an argument before there is a promise to reject",
    breaks: ["CORE-090"],
    make: inMemory((sound, reached) => ({
      get: (ref, format, options) => {
        if (ref === undefined) reached();
        return sound.get({ ...ref, kind: ref.kind }, format, options);
      },
    })),
  },
  {
    id: "arguments-coerced",
    title: "takes a number as ifRevision for none",
    breaks: ["CORE-090"],
    says: /a number as ifRevision should reject with a TypeError/,
    make: inMemory((sound, reached) => ({
      apply: (format, body, options) => {
        if (typeof options?.ifRevision !== "number") return sound.apply(format, body, options);
        reached();
        return sound.apply(format, body);
      },
    })),
  },
  {
    id: "errors-of-another-class",
    title: "makes another class of the errors of delete",
    breaks: [
      "CORE-091",
      "CORE-004",
      "CORE-009",
      "CORE-035",
      "CORE-055",
      "CORE-056",
      "CORE-060",
      "CORE-080",
      "CORE-082",
      "CORE-110",
      "CORE-112",
      "CONC-004",
    ],
    mayFail: ["CONC-001", "CONC-003", "CONC-005", "CONC-009", "SNAP-015"],
    make: inMemory((sound, reached) => ({
      delete: async (ref, options) => {
        try {
          await sound.delete(ref, options);
        } catch (cause) {
          if (!BackendError.is(cause)) throw cause;
          reached();
          throw new Error("delete failed", { cause });
        }
      },
    })),
  },
  {
    id: "errors-without-outcome",
    title: "does not say what a failed delete has left, nor which backend it was",
    breaks: ["CORE-091", "CORE-056", "CORE-060", "CONC-005"],
    make: inMemory((sound, reached) => ({
      delete: async (ref, options) => {
        try {
          await sound.delete(ref, options);
        } catch (error) {
          if (!BackendError.is(error)) throw error;
          reached();
          throw new BackendError(error.code, error.reason, { ref, field: error.field });
        }
      },
    })),
  },
  {
    id: "errors-quote-values",
    title: "quotes a broken manifest in the error's message",
    breaks: ["CORE-092"],
    make: inMemory((sound, reached) => ({
      apply: async (format, body, options) => {
        const kept = body instanceof Uint8Array ? new Uint8Array(body) : body;
        try {
          return await sound.apply(format, kept, options);
        } catch (error) {
          if (!BackendError.is(error, "invalid_manifest")) throw error;
          reached();
          const { reason, backend, verb, field, outcome } = error;
          const text = new TextDecoder().decode(kept).slice(0, 200);
          const details = { backend, verb, field, outcome };
          throw new BackendError("invalid_manifest", `${reason} in ${text}`, details);
        }
      },
    })),
  },
  {
    id: "errors-bad-manifest-is-format",
    title: "calls what it cannot read a format that it does not know",
    breaks: ["CORE-093", "CORE-039", "CORE-049", "CORE-050", "CORE-068", "CORE-092"],
    make: inMemory((sound, reached) => ({
      apply: async (...args) => {
        try {
          return await sound.apply(...args);
        } catch (error) {
          if (!BackendError.is(error, "invalid_manifest")) throw error;
          reached();
          const { reason, backend, verb, field, outcome } = error;
          const details = { backend, verb, field, outcome };
          throw new BackendError("unsupported_format", reason, details);
        }
      },
    })),
  },
];
