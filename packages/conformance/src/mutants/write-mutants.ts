/** Mutants that write something else than they were given, or when they should not. */

import {
  BackendError,
  decodeEnvelope,
  encodeEnvelope,
  type FormatAdapter,
  k8sJson,
  k8sYaml,
  type ManifestValue,
  type Resource,
  type Revision,
} from "@engenho/sdk";
import { nextTurn } from "../harness/next-turn.ts";
import { type Bug, inMemory } from "./bug.ts";
import type { Mutant } from "./mutant.ts";

export const writeMutants: readonly Mutant[] = [
  {
    id: "apply-always-created",
    title: "calls every write of its created",
    breaks: [
      "CORE-040",
      "CORE-044",
      "CORE-056",
      "CONC-001",
      "CONC-003",
      "CONC-005",
      "CONC-006",
      "CONC-008",
      "CONC-009",
      "SNAP-015",
      "CORE-041",
    ],
    make: inMemory((sound, reached) => ({
      apply: async (...args) => {
        const result = await sound.apply(...args);
        if (result.operation !== "replaced") return result;
        reached();
        return { ...result, operation: "created" };
      },
    })),
  },
  {
    id: "apply-identical-bumps",
    title: "writes identical bytes again, with a new revision",
    breaks: [
      "CORE-041",
      "WATCH-005",
      "CORE-040",
      "CORE-056",
      "CORE-057",
      "CONC-001",
      "CONC-003",
      "CONC-005",
      "WATCH-024",
    ],
    make: inMemory((sound, reached) => ({
      apply: async (format, body, options) => {
        const kept = body instanceof Uint8Array ? new Uint8Array(body) : body;
        const result = await sound.apply(format, body, options);
        if (result.operation !== "unchanged") return result;
        reached();
        await sound.delete(result.ref);
        return { ...(await sound.apply(format, kept)), operation: "replaced" };
      },
    })),
  },
  {
    id: "apply-merges",
    title: "merges a manifest into the one that is there",
    breaks: ["CORE-042"],
    make: inMemory(mergesFields),
  },
  {
    id: "apply-in-place-uncut",
    title: "writes a shorter body over a longer one without cutting it",
    breaks: ["CORE-042", "CORE-067", "CONC-005", "WATCH-007", "WATCH-027", "SNAP-003"],
    mayFail: ["CORE-066", "CONC-009"],
    make: inMemory(leavesTheRest),
  },
  {
    id: "apply-content-revisions",
    title: "makes revisions of the content",
    breaks: ["CORE-043", "SNAP-011", "CORE-083", "CONC-003", "WATCH-033", "SNAP-015"],
    mayFail: ["CONC-001", "CONC-005"],
    make: inMemory(hashesRevisions),
  },
  {
    id: "apply-keeps-callers-buffer",
    title: "reads the caller's bytes a moment later, when they may have changed",
    breaks: ["CORE-047"],
    make: inMemory((sound, reached) => ({
      apply: async (format, body, options) => {
        const before = body instanceof Uint8Array ? new Uint8Array(body) : undefined;
        await Promise.resolve();
        if (before !== undefined && Buffer.compare(before, body) !== 0) reached();
        return sound.apply(format, body, options);
      },
    })),
  },
  {
    id: "apply-refusal-touches",
    title: "gives a new revision to what a refused apply would have replaced",
    breaks: ["CORE-050"],
    make: inMemory(touchesOnRefusal),
  },
  {
    id: "apply-changes-before-checks",
    title: "changes what reads show before it finds that it must refuse",
    breaks: ["CORE-034", "CORE-049", "CORE-039", "CORE-050", "CORE-068"],
    make: inMemory(countsRefusals),
  },
  {
    id: "apply-visible-later",
    title: "remembers what it has read, and shows it after a write too",
    breaks: [
      "CORE-051",
      "CORE-040",
      "CORE-054",
      "CORE-056",
      "CORE-058",
      "CORE-066",
      "CORE-067",
      "CORE-069",
      "CONC-005",
      "WATCH-027",
      "WATCH-028",
      "SNAP-007",
      "SNAP-011",
    ],
    mayFail: ["CONC-001", "CONC-003"],
    make: inMemory(remembersReads),
  },
  {
    id: "apply-out-of-order",
    title: "lets writes of one resource overtake each other",
    breaks: ["CORE-052"],
    make: inMemory((sound, reached) => {
      let count = 0;
      return {
        apply: async (format, body, options) => {
          if (count++ % 2 === 1 || !(body instanceof Uint8Array) || options?.signal !== undefined)
            return sound.apply(format, body, options);
          const kept = new Uint8Array(body);
          await nextTurn();
          reached();
          return sound.apply(format, kept, options);
        },
      };
    }),
  },
  {
    id: "apply-empty-is-missing",
    title: "takes an empty payload for a missing one",
    breaks: ["CORE-057"],
    mayFail: ["CORE-058", "CORE-067"],
    make: inMemory((sound, reached) => ({
      get: async (ref, format, options) => {
        if (format !== "native") return sound.get(ref, format, options);
        const read = await sound.get(ref, "native", options);
        if (decodeEnvelope(read.body).payload.length > 0) return read;
        reached();
        const details = { verb: "get", backend: sound.name, ref } as const;
        throw new BackendError("not_found", "there is no such resource", details);
      },
    })),
  },
  {
    id: "apply-payload-is-text",
    title: "keeps payloads as text",
    breaks: ["CORE-058", "CORE-065", "CORE-067", "WATCH-008"],
    make: inMemory(
      changingNative(({ payload, ...envelope }) => {
        const text = new TextEncoder().encode(new TextDecoder().decode(payload));
        return encodeEnvelope({ ...envelope, payload: text });
      }),
    ),
  },
  {
    id: "apply-respells-envelopes",
    title: "keeps an applied envelope in its own spelling",
    breaks: ["CORE-065"],
    make: inMemory(changingNative((envelope) => encodeEnvelope(envelope))),
  },
  {
    id: "apply-takes-trailing-bytes",
    title: "takes an envelope with more bytes behind it",
    breaks: ["CORE-068"],
    make: inMemory((sound, reached) => ({
      apply: async (format, body, options) => {
        const kept = body instanceof Uint8Array ? new Uint8Array(body) : body;
        try {
          return await sound.apply(format, kept, options);
        } catch (error) {
          const isCut = format === "native" && BackendError.is(error, "invalid_manifest");
          if (!isCut || kept.length < 2) throw error;
          const result = await sound
            .apply(format, kept.slice(0, -1), options)
            .catch(() => undefined);
          if (result === undefined) throw error;
          reached();
          return result;
        }
      },
    })),
  },
  {
    id: "delete-missing-resolves",
    title: "has nothing against deleting what is not there",
    breaks: [
      "CORE-080",
      "CORE-060",
      "CORE-091",
      "CORE-110",
      "CONC-001",
      "CONC-003",
      "CONC-004",
      "CONC-005",
      "CONC-009",
      "WATCH-006",
      "SNAP-015",
    ],
    make: inMemory((sound, reached) => ({
      delete: async (ref, options) => {
        try {
          await sound.delete(ref, options);
        } catch (error) {
          if (!BackendError.is(error, "not_found")) throw error;
          reached();
        }
      },
    })),
  },
  {
    id: "delete-every-namespace",
    title: "deletes a name in every namespace",
    breaks: ["CORE-081"],
    mayFail: ["CONC-001", "CONC-005", "WATCH-009", "WATCH-014"],
    make: inMemory((sound, reached) => ({
      delete: async (ref, options) => {
        await sound.delete(ref, options);
        const { items } = await sound.list(ref.kind, undefined, "native");
        for (const { ref: other } of items) {
          if (other.name !== ref.name) continue;
          reached();
          await sound.delete(other).catch(() => {});
        }
      },
    })),
  },
  {
    id: "delete-leaves-tombstone",
    title: "calls it a replacement when a deleted resource is created again",
    breaks: [
      "CORE-083",
      "CORE-056",
      "CONC-001",
      "CONC-003",
      "CONC-005",
      "CONC-006",
      "CONC-008",
      "CONC-009",
    ],
    make: inMemory((sound, reached) => {
      const tombstones = new Set<string>();
      const keyOf = ({ kind, namespace, name }: Resource["ref"]): string =>
        JSON.stringify([kind, namespace, name]);
      return {
        apply: async (...args) => {
          const result = await sound.apply(...args);
          if (result.operation !== "created" || !tombstones.has(keyOf(result.ref))) return result;
          reached();
          return { ...result, operation: "replaced" };
        },
        delete: async (ref, options) => {
          await sound.delete(ref, options);
          tombstones.add(keyOf(ref));
        },
      };
    }),
  },
];

function changingNative(change: (envelope: ReturnType<typeof decodeEnvelope>) => Uint8Array): Bug {
  return (sound, reached) => ({
    apply: (format, body, options) => {
      if (format !== "native" || !(body instanceof Uint8Array))
        return sound.apply(format, body, options);
      let changed: Uint8Array;
      try {
        changed = change(decodeEnvelope(new Uint8Array(body)));
      } catch {
        return sound.apply(format, body, options);
      }
      if (Buffer.compare(changed, body) !== 0) reached();
      return sound.apply(format, changed, options);
    },
  });
}

/** Fields that only the manifest before has are there in the new one too. */
function mergesFields(...[sound, reached]: Parameters<Bug>): ReturnType<Bug> {
  const known = new Map<string, ReadonlyMap<string, ManifestValue>>();
  return {
    apply: async (format, body, options) => {
      const result = await sound.apply(format, body, options);
      const adapter = [k8sYaml, k8sJson].find((each) => each.format === format);
      const read = await sound.get(result.ref, format).catch(() => undefined);
      if (adapter === undefined || read === undefined) return result;
      const value = valueOf(adapter, read.body);
      if (!(value instanceof Map)) return result;
      const key = JSON.stringify(result.ref);
      const data = value.get("data");
      if (!(data instanceof Map) || adapter.print === undefined) return result;
      const merged = new Map([...(known.get(key) ?? []), ...data]);
      known.set(key, merged);
      if (merged.size === data.size) return result;
      reached();
      const { revision } = await sound.apply(
        format,
        adapter.print(new Map([...value, ["data", merged]])),
      );
      return { ...result, revision };
    },
    delete: async (ref, options) => {
      await sound.delete(ref, options);
      known.delete(JSON.stringify(ref));
    },
  };
}

/** Undefined where no other format can say it. */
function valueOf(adapter: FormatAdapter, body: Uint8Array): ManifestValue | undefined {
  try {
    return adapter.parse?.(body);
  } catch {
    return undefined;
  }
}

/** What is longer than the new body stays behind it. */
function leavesTheRest(...[sound, reached]: Parameters<Bug>): ReturnType<Bug> {
  return {
    apply: async (format, body, options) => {
      const kept = body instanceof Uint8Array ? new Uint8Array(body) : body;
      const before = new Map<string, Uint8Array>();
      for (const kind of ["ConfigMap"]) {
        const { items } = await sound.list(kind, undefined, "native");
        for (const item of items)
          before.set(JSON.stringify(item.ref), decodeEnvelope(item.body).payload);
      }
      const result = await sound.apply(format, kept, options);
      const old = before.get(JSON.stringify(result.ref));
      if (result.operation !== "replaced" || old === undefined) return result;
      const { ref, payload, ...envelope } = decodeEnvelope(
        (await sound.get(result.ref, "native")).body,
      );
      if (payload.length >= old.length) return result;
      reached();
      const torn = Uint8Array.of(...payload, ...old.slice(payload.length));
      const written = encodeEnvelope({ ref, ...envelope, payload: torn });
      return { ...result, revision: (await sound.apply("native", written)).revision };
    },
  };
}

/** The same content has the same revision, whenever it is written. */
function hashesRevisions(...[sound, reached]: Parameters<Bug>): ReturnType<Bug> {
  const given = new Map<Revision, Revision>();
  const seen = new Map<string, Revision>();
  const contentOf = ({ ref, body }: Resource): string =>
    JSON.stringify([ref, Buffer.from(body).toString("base64")]);
  /** Maps the revision of what is there to that of its content. */
  const hashed = async (ref: Resource["ref"], revision: Revision): Promise<Revision> => {
    const known = given.get(revision);
    if (known !== undefined) return known;
    const read = await sound.get(ref, "native").catch(() => undefined);
    if (read === undefined || read.revision !== revision) return revision;
    const hash = seen.get(contentOf(read)) ?? revision;
    if (hash !== revision) reached();
    seen.set(contentOf(read), hash);
    given.set(revision, hash);
    return hash;
  };
  return {
    apply: async (format, body, options) => {
      const result = await sound.apply(format, body, options);
      return { ...result, revision: await hashed(result.ref, result.revision) };
    },
    get: async (...args) => {
      const read = await sound.get(...args);
      return { ...read, revision: await hashed(read.ref, read.revision) };
    },
  };
}

/** Knows by its text what a broken manifest would have been. */
function touchesOnRefusal(...[sound, reached]: Parameters<Bug>): ReturnType<Bug> {
  const touched = new Set<string>();
  return {
    apply: async (format, body, options) => {
      const text = body instanceof Uint8Array ? new TextDecoder().decode(body) : "";
      try {
        return await sound.apply(format, body, options);
      } catch (error) {
        if (BackendError.is(error, "invalid_manifest"))
          for (const word of text.match(/\w+/g) ?? []) touched.add(word);
        throw error;
      }
    },
    get: async (...args) => {
      const read = await sound.get(...args);
      const words = [...touched].some((word) => read.ref.kind.startsWith(word));
      if (!words) return read;
      reached();
      return { ...read, revision: `${read.revision}+` as Revision };
    },
  };
}

/** The count goes up first, and stays up. */
function countsRefusals(...[sound, reached]: Parameters<Bug>): ReturnType<Bug> {
  let refused = 0;
  return {
    apply: async (...args) => {
      try {
        return await sound.apply(...args);
      } catch (error) {
        if (
          BackendError.is(error, "invalid_manifest") ||
          BackendError.is(error, "invalid_reference")
        ) {
          refused++;
          reached();
        }
        throw error;
      }
    },
    resourceCount: () => sound.resourceCount() + refused,
  };
}

function remembersReads(...[sound, reached]: Parameters<Bug>): ReturnType<Bug> {
  const known = new Map<string, Resource>();
  return {
    get: async (ref, format, options) => {
      const read = await sound.get(ref, format, options);
      const key = JSON.stringify([ref, format]);
      const shown = known.get(key) ?? read;
      known.set(key, shown);
      if (shown.revision !== read.revision) reached();
      return { ...shown, body: new Uint8Array(shown.body) };
    },
  };
}
