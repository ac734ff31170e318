/** Mutants that confuse references, or let wrong ones in. */

import {
  BackendError,
  decodeEnvelope,
  encodeEnvelope,
  k8sJson,
  k8sYaml,
  type FormatAdapter,
  type ResourceRef,
} from "@engenho/sdk";
import { type Bug, inMemory } from "./bug.ts";
import type { Mutant, Reached } from "./mutant.ts";

export const referenceMutants: readonly Mutant[] = [
  {
    id: "names-fold-case",
    title: "folds the case of names",
    breaks: ["CORE-030", "CORE-033", "CORE-072"],
    mayFail: ["SNAP-002"],
    make: inMemory(mapping((ref) => ({ ...ref, name: ref.name.toLowerCase() }))),
  },
  {
    id: "names-normalised",
    title: "normalises names to composed characters",
    breaks: ["CORE-030", "CORE-033"],
    make: inMemory(mapping((ref) => ({ ...ref, name: ref.name.normalize("NFC") }))),
  },
  {
    id: "names-decoded",
    title: "decodes names, so that a/b and a%2Fb are one",
    breaks: ["CORE-030"],
    make: inMemory(mapping((ref) => ({ ...ref, name: ref.name.replaceAll(/%2f/gi, "/") }))),
  },
  {
    id: "names-lose-proto",
    title: "has no place for __proto__",
    breaks: ["CORE-030"],
    make: inMemory(mapping((ref) => (ref.name === "__proto__" ? { ...ref, name: "null" } : ref))),
  },
  {
    id: "namespace-cluster-is-none",
    title: "reads the namespace _cluster as no namespace",
    breaks: ["CORE-031"],
    make: inMemory(
      mapping(({ kind, name, namespace }) =>
        namespace === undefined || namespace === "_cluster"
          ? { kind, name }
          : { kind, name, namespace },
      ),
    ),
  },
  {
    id: "kinds-fold-case",
    title: "folds the case of kinds",
    breaks: ["CORE-032", "CORE-071"],
    mayFail: ["CORE-033"],
    make: inMemory(
      mapping((ref) => (ref.kind.length === 1 ? { ...ref, kind: ref.kind.toLowerCase() } : ref)),
    ),
  },
  {
    id: "traversal-checked-in-apply-only",
    title: "looks for a traversal in apply only",
    breaks: ["CORE-035", "CORE-093"],
    make: inMemory((sound, reached) => ({
      get: async (ref, format, options) => {
        try {
          return await sound.get(ref, format, options);
        } catch (error) {
          if (!BackendError.is(error, "invalid_reference")) throw error;
          if (!error.message.includes("traversal")) throw error;
          reached();
          const details = { backend: sound.name, verb: "get", ref } as const;
          throw new BackendError("not_found", "there is no such resource", details);
        }
      },
    })),
  },
  {
    id: "traversal-taken-by-apply",
    title: "takes a traversal for a name in apply",
    breaks: ["CORE-034", "WATCH-006"],
    make: inMemory((sound, reached) => ({
      apply: async (format, body, options) => {
        const kept = body instanceof Uint8Array ? new Uint8Array(body) : body;
        try {
          return await sound.apply(format, kept, options);
        } catch (error) {
          if (!BackendError.is(error, "invalid_reference") || format === "native") throw error;
          if (!error.message.includes("traversal")) throw error;
          reached();
          const ref = { kind: "ConfigMap", name: "outside" };
          return sound.apply("native", encodeEnvelope({ ref, format, payload: kept }));
        }
      },
    })),
  },
  {
    id: "namespace-null-is-default",
    title: "puts what has an empty or null namespace into default",
    breaks: ["CORE-036"],
    make: withReference(k8sJson, (ref, text) =>
      /"namespace":(?:null|"")/.test(text) ? { ...ref, namespace: "default" } : ref,
    ),
  },
  {
    id: "groups-overwrite",
    title: "keeps the kinds of all API groups in one place",
    breaks: ["CORE-037"],
    make: withReference(k8sJson, (ref) => ({ ...ref, kind: ref.kind.replace(/\..*$/s, "") })),
  },
  {
    id: "yaml-namespace-lost",
    title: "takes a manifest in YAML without a namespace for one of default",
    breaks: ["CORE-070", "WATCH-010", "SNAP-002"],
    mayFail: ["WATCH-009"],
    make: withReference(k8sYaml, (ref) => ({ namespace: "default", ...ref })),
  },
];

/** Every reference, given and returned, is another one. */
function mapping(change: (ref: ResourceRef) => ResourceRef): Bug {
  return (sound, reached) => {
    const mapped = (ref: ResourceRef): ResourceRef => {
      if (typeof ref?.name !== "string" || typeof ref.kind !== "string") return ref;
      const changed = change(ref);
      if (JSON.stringify(changed) !== JSON.stringify(ref)) reached();
      return changed;
    };
    return {
      apply: (format, body, options) => {
        if (format !== "native" || !(body instanceof Uint8Array))
          return sound.apply(format, body, options);
        let bytes = new Uint8Array(body);
        try {
          const { ref, ...envelope } = decodeEnvelope(bytes);
          const other = mapped(ref);
          if (JSON.stringify(other) !== JSON.stringify(ref))
            bytes = new Uint8Array(encodeEnvelope({ ref: other, ...envelope }));
        } catch {
          // Refused below.
        }
        return sound.apply(format, bytes, options);
      },
      get: (ref, format, options) => sound.get(mapped(ref), format, options),
      delete: (ref, options) => sound.delete(mapped(ref), options),
    };
  };
}

/** A backend that reads another reference out of manifests of one format. */
function withReference(
  adapter: FormatAdapter,
  change: (ref: ResourceRef, text: string) => ResourceRef,
): Mutant["make"] {
  return (reached: Reached) => {
    const reference = (body: Uint8Array): ResourceRef => {
      const ref = adapter.reference(body);
      const changed = change(ref, new TextDecoder().decode(body));
      if (changed.kind !== ref.kind || changed.namespace !== ref.namespace) reached();
      return changed;
    };
    return inMemory(() => ({}), { adapters: [{ ...adapter, reference }] })(reached);
  };
}
