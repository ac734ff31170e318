/** Mutants whose reads and lists are not what is stored. */

import {
  BackendError,
  createAdapterRegistry,
  decodeEnvelope,
  detectFormat,
  encodeEnvelope,
  type Resource,
  type StoreBackend,
} from "@engenho/sdk";
import { type Bug, inMemory } from "./bug.ts";
import type { Mutant, Reached } from "./mutant.ts";

const adapters = createAdapterRegistry();

export const readMutants: readonly Mutant[] = [
  {
    id: "get-returns-live-memory",
    title: "hands out one body twice",
    breaks: ["CORE-048"],
    make: inMemory(sharesBodies),
  },
  {
    id: "get-missing-without-reference",
    title: "does not say which resource is missing",
    breaks: ["CORE-060"],
    make: inMemory((sound, reached) => ({
      get: async (ref, format, options) => {
        try {
          return await sound.get(ref, format, options);
        } catch (error) {
          if (!BackendError.is(error, "not_found")) throw error;
          reached();
          const details = { backend: sound.name, verb: "get", outcome: "none" } as const;
          throw new BackendError("not_found", "there is no such resource", details);
        }
      },
    })),
  },
  {
    id: "get-drops-comments",
    title: "drops the comments of YAML",
    breaks: [
      "CORE-061",
      "CORE-019",
      "CORE-042",
      "CORE-047",
      "CORE-054",
      "CORE-066",
      "CORE-073",
      "CONC-001",
      "CONC-003",
      "CONC-005",
      "WATCH-027",
      "SNAP-007",
      "SNAP-016",
    ],
    make: inMemory(
      reading((read, reached) => {
        if (read.format !== "yaml") return read;
        const text = new TextDecoder("utf-8", { ignoreBOM: true }).decode(read.body);
        if (!text.includes(" # ")) return read;
        reached();
        return { ...read, body: new TextEncoder().encode(text.replaceAll(/ +# [^"]*$/gm, "")) };
      }),
    ),
  },
  {
    id: "get-rounds-numbers",
    title: "rounds numbers above 2^53 when it translates",
    breaks: ["CORE-062", "CORE-066", "CORE-073"],
    make: inMemory(
      translating((body) => {
        try {
          return new TextEncoder().encode(
            JSON.stringify(JSON.parse(new TextDecoder().decode(body))),
          );
        } catch {
          return body;
        }
      }),
    ),
  },
  {
    id: "get-translation-loses-proto",
    title: "loses the field __proto__ when it translates",
    breaks: ["CORE-062", "CORE-066"],
    make: inMemory(
      translating((body) => {
        const text = new TextDecoder().decode(body);
        const without = text.replace(/"__proto__":\s*\{[^}]*\},\s*/, "");
        return without === text ? body : new TextEncoder().encode(without);
      }),
    ),
  },
  {
    id: "get-wrong-format",
    title: "returns the applied format where it cannot translate",
    breaks: ["CORE-063", "CORE-067"],
    make: inMemory((sound, reached) => ({
      get: async (ref, format, options) => {
        try {
          return await sound.get(ref, format, options);
        } catch (error) {
          if (!BackendError.is(error, "unsupported_format") || format === "x-unknown") throw error;
          const native = await sound.get(ref, "native", options);
          const { format: own = "native", payload } = decodeEnvelope(native.body);
          reached();
          return { ...native, format: own, body: own === "native" ? native.body : payload };
        }
      },
    })),
  },
  {
    id: "get-native-without-format",
    title: "leaves the format out of envelopes",
    breaks: ["CORE-064", "CORE-073", "SNAP-002", "SNAP-007", "CORE-041"],
    make: inMemory((sound, reached) => ({
      get: async (...args) => {
        const read = await sound.get(...args);
        if (read.format !== "native") return read;
        const { ref, payload, format } = decodeEnvelope(read.body);
        if (format === undefined) return read;
        reached();
        return { ...read, body: encodeEnvelope({ ref, payload }) };
      },
    })),
  },
  {
    id: "get-recognises-nothing",
    title: "recognises no payload without a format",
    breaks: ["CORE-066"],
    make: inMemory((sound, reached) => ({
      get: async (ref, format, options) => {
        const read = await sound.get(ref, format, options);
        const envelope = decodeEnvelope((await sound.get(ref, "native", options)).body);
        if (format === "native" || envelope.format !== undefined) return read;
        reached();
        return { ...read, format: "native", body: (await sound.get(ref, "native")).body };
      },
    })),
  },
  {
    id: "get-labels-anything",
    title: "takes every payload without a format for YAML",
    breaks: [
      "CORE-067",
      "CORE-074",
      "CORE-030",
      "CORE-031",
      "CORE-032",
      "CORE-033",
      "CORE-047",
      "CORE-057",
      "CORE-058",
      "CORE-061",
      "CORE-065",
      "WATCH-008",
      "SNAP-016",
      "CORE-013",
    ],
    make: inMemory((sound, reached) => ({
      apply: (format, body, options) => {
        if (format !== "native" || !(body instanceof Uint8Array))
          return sound.apply(format, body, options);
        try {
          const { ref, payload, format: own } = decodeEnvelope(new Uint8Array(body));
          if (own !== undefined || detectFormat(payload, ref, adapters) !== undefined)
            return sound.apply(format, body, options);
          reached();
          const labelled = encodeEnvelope({ ref, payload, format: "yaml" });
          return sound.apply("native", labelled, options);
        } catch {
          return sound.apply(format, body, options);
        }
      },
    })),
  },
  {
    id: "list-cluster-scoped-only",
    title: "lists only what is cluster-scoped when no namespace is given",
    breaks: ["CORE-070", "CORE-072"],
    make: inMemory(
      listing((items, { namespace }) =>
        namespace === undefined && items.some(({ ref }) => ref.namespace === undefined)
          ? items.filter(({ ref }) => ref.namespace === undefined)
          : items,
      ),
    ),
  },
  {
    id: "list-kind-by-prefix",
    title: "takes the kind of a list for the beginning of one",
    breaks: ["CORE-071"],
    make: inMemory((sound, reached) => ({
      list: async (kind, namespace, format, options) => {
        const { items, cursor } = await sound.list(kind, namespace, format, options);
        const more = await sound.list(`${kind}b`, namespace, format, options);
        if (more.items.length > 0) reached();
        return { items: [...items, ...more.items], cursor };
      },
    })),
  },
  {
    id: "list-utf16-order",
    title: "orders lists by UTF-16 units",
    breaks: ["CORE-072"],
    make: inMemory(
      listing((items) => {
        const keyOf = ({ ref }: Resource): string => `${ref.namespace ?? ""}\0${ref.name}`;
        return items.toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
      }),
    ),
  },
  {
    id: "list-joined-order",
    title: "orders lists by namespace and name joined with a slash",
    breaks: ["CORE-072", "CORE-070"],
    make: inMemory(
      listing((items) => {
        const keyOf = ({ ref }: Resource): Buffer =>
          Buffer.from(ref.namespace === undefined ? ref.name : `${ref.namespace}/${ref.name}`);
        return items.toSorted((a, b) => Buffer.compare(keyOf(a), keyOf(b)));
      }),
    ),
  },
  {
    id: "list-own-revisions",
    title: "gives the items of a list the cursor as their revision",
    breaks: [
      "CORE-073",
      "CORE-051",
      "CONC-003",
      "CONC-006",
      "WATCH-001",
      "WATCH-011",
      "WATCH-019",
      "WATCH-034",
      "WATCH-035",
      "SNAP-015",
    ],
    make: inMemory((sound, reached) => ({
      list: async (...args) => {
        const { items, cursor } = await sound.list(...args);
        if (items.length > 0) reached();
        const revision = String(cursor) as Resource["revision"];
        return { items: items.map((item) => ({ ...item, revision })), cursor };
      },
    })),
  },
  {
    id: "list-nothing-is-missing",
    title: "calls a namespace without resources not found",
    breaks: ["CORE-075"],
    mayFail: ["CONC-006"],
    make: inMemory((sound, reached) => ({
      list: async (kind, namespace, format, options) => {
        const list = await sound.list(kind, namespace, format, options);
        if (namespace === undefined || list.items.length > 0) return list;
        reached();
        return { ...list, items: [{} as Resource] };
      },
    })),
  },
  {
    id: "count-ignores-deletes",
    title: "never takes a deleted resource off its count",
    breaks: ["CORE-076", "CORE-080", "CORE-051", "CORE-081", "CORE-082", "CONC-003"],
    make: inMemory((sound, reached) => {
      let deleted = 0;
      return {
        delete: async (ref, options) => {
          await sound.delete(ref, options);
          deleted++;
        },
        resourceCount: () => {
          if (deleted > 0) reached();
          return sound.resourceCount() + deleted;
        },
      };
    }),
  },
];

/** What a get returns, in whatever format it was applied. */
function reading(change: (read: Resource, reached: Reached) => Resource): Bug {
  return (sound, reached) => ({
    get: async (...args) => change(await sound.get(...args), reached),
  });
}

/** A body that is read in another format than it was applied in. */
function translating(change: (body: Uint8Array) => Uint8Array): Bug {
  return (sound, reached) => ({
    get: async (ref, format, options) => {
      const read = await sound.get(ref, format, options);
      if (format !== "json") return read;
      const { format: own } = decodeEnvelope((await sound.get(ref, "native", options)).body);
      if (own === "json") return read;
      const body = change(read.body);
      if (Buffer.compare(body, read.body) !== 0) reached();
      return { ...read, body };
    },
  });
}

function listing(
  change: (
    items: readonly Resource[],
    asked: { readonly namespace: string | undefined },
  ) => readonly Resource[],
): Bug {
  return (sound: StoreBackend, reached) => ({
    list: async (kind, namespace, format, options) => {
      const { items, cursor } = await sound.list(kind, namespace, format, options);
      const changed = change(items, { namespace });
      if (changed.length !== items.length || changed.some((item, i) => item !== items[i]))
        reached();
      return { items: changed, cursor };
    },
  });
}

function sharesBodies(...[sound, reached]: Parameters<Bug>): ReturnType<Bug> {
  const bodies = new Map<string, Uint8Array>();
  return {
    get: async (...args) => {
      const read = await sound.get(...args);
      const key = `${read.revision} ${read.format}`;
      const body = bodies.get(key);
      if (body !== undefined) reached();
      bodies.set(key, body ?? read.body);
      return { ...read, body: body ?? read.body };
    },
  };
}
