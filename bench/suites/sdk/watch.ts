/** Watches: one change to many readers, and the replay that each begins with. */

import {
  createInMemoryBackend,
  type ResourceFormat,
  type StoreBackend,
  type Watch,
} from "@engenho/sdk";
import { parse } from "yaml";
import type { BenchCase, Contestant, Size } from "../../src/bench-case.ts";
import { envelopeOf, freshManifests, freshStream, storeOf } from "../../src/fixtures.ts";
import type { Manifest } from "../../src/manifests.ts";

/** How many watch at once. */
const readers: Readonly<Record<Size, number>> = { full: 1_000, small: 1_000, tiny: 10 };

/**
 * Applies YAML, or envelopes of it, to a store that many watch, and goes on when each of them has read
 * the event. The rate counts events read, with a body of the reader's own in each.
 */
function watched(applied: "yaml" | "native", format: ResourceFormat): Contestant {
  return {
    name: "in-memory backend, for await (const event of watch)",
    open: async (operations, size) => {
      await parseOften(operations / 10);
      const store = await createInMemoryBackend();
      let unread = 0;
      let allRead = (): void => {};
      const readAll = async (watch: Watch): Promise<void> => {
        for await (const event of watch) {
          if (event.type !== "added" || event.resource.body.length === 0) continue;
          if (--unread === 0) allRead();
        }
      };
      const watches: Watch[] = [];
      for (let i = 0; i < readers[size]; i++) {
        watches.push(await store.watch("Deployment", undefined, format));
      }
      const reading = watches.map(readAll);
      let bodies: readonly Uint8Array[] = [];
      return {
        before: () => {
          const changed = freshManifests(operations / readers[size]);
          bodies = changed.map((one) => (applied === "yaml" ? one.bytes : envelopeOf(one)));
        },
        run: async () => {
          for (const body of bodies) {
            unread = readers[size];
            const done = new Promise<void>((resolve) => void (allRead = resolve));
            await store.apply(applied, body);
            await done;
          }
        },
        close: async () => {
          await store.close();
          await Promise.all(reading);
        },
      };
    },
  };
}

/** As a server that has run for a while: the code that parses is optimised. */
async function parseOften(times: number): Promise<void> {
  const other = await createInMemoryBackend();
  for (const { bytes } of freshStream(times)) await other.apply("yaml", bytes);
  await other.close();
}

/** What is least: each listener is called with the event, and a copy of the body. */
function calledBack(bodyOf: (manifest: Manifest) => Uint8Array): Contestant {
  return {
    name: "plain callbacks with a copied body",
    open: (operations, size) => {
      let read = 0;
      const listeners = new Set<(event: { type: string; body: Uint8Array }) => void>();
      for (let i = 0; i < readers[size]; i++) {
        listeners.add((event) => {
          if (event.type === "added" && event.body.length > 0) read++;
        });
      }
      let changed: readonly Manifest[] = [];
      return {
        before: () => {
          changed = freshManifests(operations / readers[size]);
          read = 0;
        },
        run: () => {
          for (const each of changed) {
            const body = bodyOf(each);
            for (const listener of listeners)
              listener({ type: "added", body: new Uint8Array(body) });
          }
          if (read !== operations) throw new Error("not all were called");
        },
      };
    },
  };
}

const encoder = new TextEncoder();
const events = { full: 20_000, small: 2_000, tiny: 20 };

export const watchCases: readonly BenchCase[] = [
  {
    // The envelope has to be read and no YAML parsed: what telling the watches takes is what is seen.
    name: "one apply to 1,000 watches",
    measures: "rate",
    unit: "events/s",
    operations: events,
    subject: watched("native", "yaml"),
    floor: calledBack(({ bytes }) => bytes),
    bar: { atLeast: 0.3 },
  },
  {
    name: "one apply of YAML to 1,000 watches",
    measures: "rate",
    unit: "events/s",
    operations: events,
    subject: watched("yaml", "yaml"),
    floor: calledBack(({ bytes }) => bytes),
    bar: { atLeast: 0.3 },
  },
  {
    name: "one apply of YAML to 1,000 watches of JSON",
    measures: "rate",
    unit: "events/s",
    operations: events,
    subject: watched("yaml", "json"),
    floor: calledBack(({ text }) => encoder.encode(JSON.stringify(parse(text), null, 2))),
  },
  {
    name: "replay to a new watch",
    measures: "rate",
    unit: "events/s",
    operations: { full: 1_000, small: 1_000, tiny: 5 },
    subject: {
      name: "in-memory backend, up to the bookmark",
      open: (operations) => {
        let store: StoreBackend | undefined;
        return {
          before: async () => {
            await store?.close();
            store = await storeOf(freshManifests(operations));
          },
          run: async () => {
            let count = 0;
            for await (const event of (await store?.watch("Deployment", undefined, "yaml")) ?? []) {
              if (event.type === "bookmark") break;
              count++;
            }
            if (count !== operations) throw new Error("not all were replayed");
          },
          close: () => store?.close(),
        };
      },
    },
    floor: {
      name: "list of the same",
      open: (operations) => {
        let store: StoreBackend | undefined;
        return {
          before: async () => {
            await store?.close();
            store = await storeOf(freshManifests(operations));
          },
          run: async () => void (await store?.list("Deployment", undefined, "yaml")),
          close: () => store?.close(),
        };
      },
    },
  },
];
