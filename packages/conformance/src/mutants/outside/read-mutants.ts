/** Reads and snapshots that are nearly right. */

import {
  BackendError,
  createAdapterRegistry,
  decodeEnvelope,
  decodeSnapshot,
  detectFormat,
  encodeEnvelope,
  encodeSnapshot,
  type ResourceRef,
} from "@engenho/sdk";
import { inMemory } from "../bug.ts";
import type { Mutant } from "../mutant.ts";

export const outsideReadMutants: readonly Mutant[] = [
  {
    id: "outside-get-falls-back",
    title: "answers a get in the format that is there where the asked one cannot be had",
    breaks: ["CORE-063", "CORE-067"],
    make: inMemory((sound, reached) => ({
      get: async (ref, format, options) => {
        try {
          return await sound.get(ref, format, options);
        } catch (error) {
          const isKnown = sound.capabilities.formats.includes(format);
          if (!isKnown || !BackendError.is(error, "unsupported_format")) throw error;
          reached();
          const native = await sound.get(ref, "native", options);
          const { format: label, payload } = decodeEnvelope(native.body);
          const stored = label ?? detectFormat(payload, native.ref, createAdapterRegistry());
          if (stored === undefined) return native;
          return { ...native, format: stored, body: new Uint8Array(payload) };
        }
      },
    })),
  },
  {
    id: "outside-list-utf16-order",
    title: "sorts lists by UTF-16 units, as < does",
    breaks: ["CORE-072"],
    make: inMemory((sound, reached) => ({
      list: async (...args) => {
        const { items, cursor } = await sound.list(...args);
        const sorted = items.toSorted((a, b) => byUnits(a.ref, b.ref));
        if (sorted.some((item, i) => item !== items[i])) reached();
        return { items: sorted, cursor };
      },
    })),
  },
  {
    id: "outside-list-cursor-late",
    title: "asks for a list's cursor after its items: a write in between is in neither",
    breaks: ["CONC-010"],
    make: inMemory((sound, reached) => ({
      list: async (kind, namespace, format, options) => {
        const { items } = await sound.list(kind, namespace, format, options);
        const later = await sound.list(kind, namespace, format, options);
        if (later.items.some(({ revision }, i) => revision !== items[i]?.revision)) reached();
        return { items, cursor: later.cursor };
      },
    })),
  },
  {
    id: "outside-snapshot-respells",
    title: "decodes every envelope and encodes it anew for a snapshot",
    breaks: ["SNAP-002"],
    make: inMemory((sound, reached) => ({
      snapshot: async (options) => {
        const entries = decodeSnapshot(await sound.snapshot(options));
        return encodeSnapshot(
          entries.map(({ ref, envelope }) => {
            const respelled = encodeEnvelope(decodeEnvelope(envelope));
            if (respelled.length !== envelope.length) reached();
            return { ref, envelope: respelled };
          }),
        );
      },
    })),
  },
  {
    id: "outside-snapshot-kept-past-close",
    title:
      "keeps the bytes of a snapshot until the next write, and gives them when it is closed too",
    breaks: ["CORE-004"],
    make: inMemory((sound, reached) => {
      let writes = 0;
      let kept: Uint8Array | undefined;
      const forgetting = async <T>(act: Promise<T>): Promise<T> => {
        const forget = (): void => {
          writes++;
          kept = undefined;
        };
        forget();
        return act.finally(forget);
      };
      return {
        apply: (...args) => forgetting(sound.apply(...args)),
        delete: (...args) => forgetting(sound.delete(...args)),
        restore: (...args) => forgetting(sound.restore(...args)),
        snapshot: async (options) => {
          if (options !== undefined) return sound.snapshot(options);
          if (kept !== undefined) {
            reached();
            return new Uint8Array(kept);
          }
          const before = writes;
          const bytes = await sound.snapshot();
          if (before === writes) kept = new Uint8Array(bytes);
          return bytes;
        },
      };
    }),
  },
];

function byUnits(a: ResourceRef, b: ResourceRef): number {
  const order = (one: string, other: string): number => (one < other ? -1 : one > other ? 1 : 0);
  return order(a.namespace ?? "", b.namespace ?? "") || order(a.name, b.name);
}
