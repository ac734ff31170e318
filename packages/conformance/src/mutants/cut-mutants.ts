/** Mutants that cut what is long: at a page, a batch, a number of connections. */

import { decodeSnapshot, encodeSnapshot } from "@engenho/sdk";
import { inMemory } from "./bug.ts";
import type { Mutant } from "./mutant.ts";
import { changingInitialState, watchWith, type Events } from "./watch-bug.ts";

const page = 1_000;

export const cutMutants: readonly Mutant[] = [
  {
    id: "list-first-page",
    title: "lists the first page only",
    breaks: ["CORE-051", "SNAP-004"],
    says: /names in a list after an apply beside many resources/,
    make: inMemory((sound, reached) => ({
      list: async (...args) => {
        const { items, cursor } = await sound.list(...args);
        if (items.length > page) reached();
        return { items: items.slice(0, page), cursor };
      },
    })),
  },
  {
    id: "watch-first-page",
    title: "replays the first page only",
    breaks: ["WATCH-001"],
    says: /names in the initial state of a watch of many resources/,
    make: inMemory(changingInitialState((events) => events.slice(0, page))),
  },
  {
    id: "restore-first-batch",
    title: "restores the first batch only",
    breaks: ["SNAP-004"],
    mayFail: ["WATCH-001", "CORE-051"],
    says: /names in a list after the restore of many resources/,
    make: inMemory((sound, reached) => ({
      restore: async (bytes, options) => {
        const entries = length(bytes) > page ? decodeSnapshot(bytes) : [];
        if (entries.length <= page) return sound.restore(bytes, options);
        reached();
        return sound.restore(encodeSnapshot(entries.slice(0, page)), options);
      },
    })),
  },
  {
    id: "snapshot-first-page",
    title: "puts the first page only into a snapshot",
    breaks: ["SNAP-004"],
    says: /names in a snapshot of many resources/,
    make: inMemory((sound, reached) => ({
      snapshot: async (options) => {
        const bytes = await sound.snapshot(options);
        if (length(bytes) <= page) return bytes;
        reached();
        return encodeSnapshot(decodeSnapshot(bytes).slice(0, page));
      },
    })),
  },
  {
    id: "watch-serves-twenty",
    title: "delivers live events to the first twenty watches only",
    breaks: ["WATCH-013"],
    mayFail: ["CONC-010"],
    says: /watch 21 of 50/,
    hangs: true,
    make: inMemory((sound, reached) => {
      let count = 0;
      return {
        watch: async (...args) => {
          const watch = await sound.watch(...args);
          if (++count <= 20) return watch;
          async function* silent(): Events {
            let isLive = false;
            for await (const event of watch) {
              if (isLive) reached();
              else yield event;
              if (event.type === "bookmark") isLive = true;
            }
          }
          return watchWith(watch, silent());
        },
      };
    }),
  },
];

/** How many entries the head of a definite array of up to 65,535 announces; 0 for anything else. */
function length(bytes: unknown): number {
  if (!(bytes instanceof Uint8Array) || bytes[0] !== 0x99) return 0;
  return ((bytes[1] ?? 0) << 8) | (bytes[2] ?? 0);
}
