/** Writes: what an apply costs beside the parsing that it cannot do without. */

import { createInMemoryBackend, type ResourceFormat, type StoreBackend } from "@engenho/sdk";
import { Decoder } from "cbor-x";
import { parse, parseDocument } from "yaml";
import type { BenchCase, Contestant } from "../../src/bench-case.ts";
import { byRound, envelopeOf, freshManifests, storeOf } from "../../src/fixtures.ts";
import type { Manifest } from "../../src/manifests.ts";
import { cborOptions } from "./cbor-options.ts";
import { keyOf, type KeyValueStore, peersThat } from "./peers.ts";

/** Which manifests a round is about; every contestant of one case gets the same. */
type Given = (operations: number, round: number) => readonly Manifest[];

function given(): Given {
  let operations = 0;
  const make = byRound(() => freshManifests(operations));
  return (count, round) => {
    operations = count;
    return make(round);
  };
}

/** Applies each round's manifests to a store that is empty. */
function applying(
  manifests: Given,
  format: ResourceFormat,
  bodyOf: (manifest: Manifest) => Uint8Array,
): Contestant {
  return {
    name: "in-memory backend",
    open: (operations) => {
      let store: StoreBackend | undefined;
      let bodies: readonly Uint8Array[] = [];
      return {
        before: async (round) => {
          bodies = manifests(operations, round).map(bodyOf);
          await store?.close();
          store = await createInMemoryBackend();
        },
        run: async () => {
          for (const body of bodies) await store?.apply(format, body);
          if (store?.resourceCount() !== operations) throw new Error("not all were applied");
        },
        close: () => store?.close(),
      };
    },
  };
}

/** Does something with each of a round's bodies, one after another. */
function reading<T>(
  name: string,
  manifests: Given,
  bodyOf: (manifest: Manifest) => T,
  read: (body: T) => unknown,
): Contestant {
  return {
    name,
    open: (operations) => {
      let bodies: readonly T[] = [];
      return {
        before: (round) => void (bodies = manifests(operations, round).map(bodyOf)),
        run: () => {
          for (const body of bodies) read(body);
        },
      };
    },
  };
}

const textOf = ({ text }: Manifest): string => text;
const bytesOf = ({ bytes }: Manifest): Uint8Array => bytes;
const jsonTextOf = ({ text }: Manifest): string => JSON.stringify(parse(text));
const jsonOf = (manifest: Manifest): Uint8Array => new TextEncoder().encode(jsonTextOf(manifest));
const decoder = new Decoder(cborOptions);

const [yamlBodies, jsonBodies, nativeBodies] = [given(), given(), given()];

export const applyCases: readonly BenchCase[] = [
  {
    name: "apply YAML, 1 KB",
    measures: "rate",
    unit: "applies/s",
    operations: { full: 1_500, small: 100, tiny: 5 },
    subject: applying(yamlBodies, "yaml", bytesOf),
    floor: reading("yaml: parse(text)", yamlBodies, textOf, (text) => parse(text)),
    peers: [
      reading("yaml: parseDocument(text)", yamlBodies, textOf, (text) => parseDocument(text)),
      ...peersThat((open, operations) => {
        let store: KeyValueStore | undefined;
        let kept: readonly Manifest[] = [];
        return {
          before: async (round) => {
            kept = yamlBodies(operations, round);
            await store?.close();
            store = open();
          },
          run: async () => {
            for (const { ref, bytes } of kept) await store?.set(keyOf(ref), bytes);
          },
          close: () => store?.close(),
        };
      }),
    ],
    bar: { atLeast: 0.6 },
  },
  {
    name: "apply JSON of the same",
    measures: "rate",
    unit: "applies/s",
    operations: { full: 2_000, small: 300, tiny: 5 },
    subject: applying(jsonBodies, "json", jsonOf),
    floor: reading("JSON.parse(text)", jsonBodies, jsonTextOf, (text) => JSON.parse(text)),
  },
  {
    name: "apply native, 1 KB payload",
    measures: "rate",
    unit: "applies/s",
    operations: { full: 5_000, small: 1_000, tiny: 5 },
    subject: applying(nativeBodies, "native", envelopeOf),
    floor: reading("cbor-x: decode(envelope)", nativeBodies, envelopeOf, (bytes) =>
      decoder.decode(bytes),
    ),
  },
  {
    name: "delete",
    measures: "rate",
    unit: "deletes/s",
    operations: { full: 5_000, small: 1_000, tiny: 5 },
    subject: {
      name: "in-memory backend",
      open: (operations) => {
        let store: StoreBackend | undefined;
        let held: readonly Manifest[] = [];
        return {
          before: async () => {
            held = freshManifests(operations);
            await store?.close();
            store = await storeOf(held);
          },
          run: async () => {
            for (const { ref } of held) await store?.delete(ref);
            if (store?.resourceCount() !== 0) throw new Error("not all were deleted");
          },
          close: () => store?.close(),
        };
      },
    },
    peers: peersThat((open, operations) => {
      const store = open();
      let held: readonly Manifest[] = [];
      return {
        before: async () => {
          held = freshManifests(operations);
          for (const { ref, bytes } of held) await store.set(keyOf(ref), bytes);
        },
        run: async () => {
          for (const { ref } of held) await store.delete(keyOf(ref));
        },
        close: () => store.close(),
      };
    }),
  },
];
