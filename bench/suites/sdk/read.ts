/** Reads: one resource, and all of a kind. */

import { createInMemoryBackend, type ResourceFormat, type StoreBackend } from "@engenho/sdk";
import { parse } from "yaml";
import type { BenchCase, Contestant } from "../../src/bench-case.ts";
import { freshManifests, storeOf } from "../../src/fixtures.ts";
import { keyOf, peersThat } from "./peers.ts";

/** Gets each of `operations` resources once. */
function getting(format: ResourceFormat): Contestant {
  return {
    name: "in-memory backend",
    open: (operations) => {
      let store: StoreBackend | undefined;
      let held = freshManifests(operations);
      return {
        // New ones each time: nothing that was rendered before is of use.
        before: async () => {
          held = freshManifests(operations);
          await store?.close();
          store = await storeOf(held);
        },
        run: async () => {
          for (const { ref } of held) await store?.get(ref, format);
        },
        close: () => store?.close(),
      };
    },
  };
}

/** Lists as many resources as there are operations, in stores that were never listed before. */
function listing(format: ResourceFormat): Contestant {
  return {
    name: "in-memory backend",
    open: (operations) => {
      let store: StoreBackend | undefined;
      return {
        before: async () => {
          await store?.close();
          store = await storeOf(freshManifests(operations));
        },
        run: async () => {
          const list = await store?.list("Deployment", undefined, format);
          if (list?.items.length !== operations) throw new Error("not all were listed");
        },
        close: () => store?.close(),
      };
    },
  };
}

/** What a user does without a backend: parses each and prints it as JSON. */
const translatingByHand: Contestant = {
  name: "JSON.stringify(parse(text), null, 2)",
  open: (operations) => {
    let texts: readonly string[] = [];
    return {
      before: () => void (texts = freshManifests(operations).map(({ text }) => text)),
      run: () => {
        for (const text of texts) JSON.stringify(parse(text), null, 2);
      },
    };
  },
};

export const readCases: readonly BenchCase[] = [
  {
    name: "get as applied",
    measures: "rate",
    unit: "gets/s",
    operations: { full: 1_000, small: 100, tiny: 5 },
    subject: getting("yaml"),
    floor: {
      name: "apply YAML of the same",
      open: (operations) => {
        let store: StoreBackend | undefined;
        let bodies: readonly Uint8Array[] = [];
        return {
          before: async () => {
            bodies = freshManifests(operations).map(({ bytes }) => bytes);
            await store?.close();
            store = await createInMemoryBackend();
          },
          run: async () => {
            for (const body of bodies) await store?.apply("yaml", body);
          },
          close: () => store?.close(),
        };
      },
    },
    peers: peersThat((open, operations) => {
      const store = open();
      let held = freshManifests(operations);
      return {
        before: async () => {
          for (const { ref } of held) await store.delete(keyOf(ref));
          held = freshManifests(operations);
          for (const { ref, bytes } of held) await store.set(keyOf(ref), bytes);
        },
        run: async () => {
          for (const { ref } of held) await store.get(keyOf(ref));
        },
        close: () => store.close(),
      };
    }),
    bar: { atLeast: 10 },
  },
  {
    name: "get YAML as JSON",
    measures: "rate",
    unit: "gets/s",
    operations: { full: 1_000, small: 100, tiny: 5 },
    subject: getting("json"),
    floor: translatingByHand,
  },
  {
    name: "list as applied",
    measures: "rate",
    unit: "resources/s",
    operations: { full: 1_000, small: 1_000, tiny: 5 },
    subject: listing("yaml"),
    floor: {
      name: "copies of the same bytes",
      open: (operations) => {
        let held = freshManifests(0);
        let copies: readonly Uint8Array[] = [];
        return {
          before: () => void (held = freshManifests(operations)),
          run: () => {
            copies = held.map(({ bytes }) => new Uint8Array(bytes));
            if (copies.length !== operations) throw new Error("not all were copied");
          },
        };
      },
    },
    peers: peersThat((open, operations) => {
      const store = open();
      let held = freshManifests(0);
      return {
        before: async () => {
          for (const { ref } of held) await store.delete(keyOf(ref));
          held = freshManifests(operations);
          for (const { ref, bytes } of held) await store.set(keyOf(ref), bytes);
        },
        run: async () => {
          if ((await store.readAll()) !== operations) throw new Error("not all were read");
        },
        close: () => store.close(),
      };
    }),
  },
  {
    name: "list YAML as JSON",
    measures: "rate",
    unit: "resources/s",
    operations: { full: 1_000, small: 100, tiny: 5 },
    subject: listing("json"),
    floor: translatingByHand,
  },
];
