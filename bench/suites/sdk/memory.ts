/** What a full store takes, beside the bytes that it is full of. */

import { createInMemoryBackend } from "@engenho/sdk";
import type { BenchCase, Contestant } from "../../src/bench-case.ts";
import { freshStream } from "../../src/fixtures.ts";
import { manifestBytes } from "../../src/manifests.ts";
import { keyOf, peersThat } from "./peers.ts";

const resources = { full: 100_000, small: 2_000, tiny: 200 };

const payload: Contestant = {
  name: "the payload's bytes",
  open: (operations) => ({ bytes: operations * manifestBytes, run: () => {} }),
};

/** How many go through a store that is closed again, before anything is measured. */
const warmUp = 2_000;

export const memoryCases: readonly BenchCase[] = [
  {
    name: "resident growth, 1 KB of YAML each applied",
    measures: "memory",
    operations: resources,
    rounds: { full: 3, small: 1, tiny: 1 },
    subject: {
      name: "in-memory backend",
      open: async (operations) => {
        const other = await createInMemoryBackend();
        for (const { bytes } of freshStream(Math.min(warmUp, operations)))
          await other.apply("yaml", bytes);
        await other.close();
        const store = await createInMemoryBackend();
        return {
          run: async () => {
            for (const { bytes } of freshStream(operations)) await store.apply("yaml", bytes);
            if (store.resourceCount() !== operations) throw new Error("not all were applied");
          },
          close: () => store.close(),
        };
      },
    },
    floor: payload,
    peers: [
      {
        name: "a Map of the bytes",
        note: "what a program keeps by itself: no copy of its own, no envelope, no revision",
        open: (operations) => {
          const map = new Map<string, Uint8Array>();
          return {
            run: () => {
              for (const { ref, bytes } of freshStream(operations)) map.set(keyOf(ref), bytes);
            },
            close: () => map.clear(),
          };
        },
      },
      ...peersThat((open, operations) => {
        const store = open();
        return {
          run: async () => {
            for (const { ref, bytes } of freshStream(operations))
              await store.set(keyOf(ref), bytes);
          },
          close: () => store.close(),
        };
      }),
    ],
    bar: { atMost: 2.5 },
  },
];
