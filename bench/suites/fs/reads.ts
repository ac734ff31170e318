/** Reads beside the same in memory, and how long a full store takes to open. */

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { createFsBackend } from "@engenho/backend-fs";
import { createInMemoryBackend, decodeEnvelope, type StoreBackend } from "@engenho/sdk";
import type { BenchCase, Contestant } from "../../src/bench-case.ts";
import { type Body, freshBodies } from "../../src/bodies.ts";
import { callAll } from "../../src/call-all.ts";
import { makeDirectory } from "./directories.ts";

type Read = (store: StoreBackend, bodies: readonly Body[]) => Promise<unknown>;

const held = 1_000;

function reading(
  name: string,
  openStore: (directory: string) => Promise<StoreBackend>,
  read: Read,
): Contestant {
  return {
    name,
    open: async (operations) => {
      const store = await openStore(join(makeDirectory(), "store"));
      const bodies = freshBodies(held);
      await callAll(bodies, 64, ({ bytes }) => store.apply("native", bytes));
      return {
        run: async () => {
          for (let i = 0; i < operations; i++) await read(store, bodies);
        },
        close: () => store.close(),
      };
    },
  };
}

/** The same read of a store on disk, and of one in memory. */
function besideMemory(name: string, operations: BenchCase["operations"], read: Read): BenchCase {
  return {
    name,
    measures: "rate",
    unit: "reads/s",
    operations,
    subject: reading(
      "filesystem backend",
      (root) => createFsBackend({ root, durability: "process" }),
      read,
    ),
    floor: reading("in-memory backend", () => createInMemoryBackend(), read),
    bar: { atLeast: 0.9 },
  };
}

/** One directory of files for both sides of the case, made when it is first needed. */
let full: Promise<string> | undefined;

async function fullRoot(count: number): Promise<string> {
  full ??= (async () => {
    const root = join(makeDirectory(), "store");
    const store = await createFsBackend({ root, durability: "process" });
    await callAll(freshBodies(count), 512, ({ bytes }) => store.apply("native", bytes));
    await store.close();
    return root;
  })();
  return full;
}

export const readCases: readonly BenchCase[] = [
  besideMemory("get, native", { full: 200_000, small: 20_000, tiny: 10 }, (store, bodies) =>
    store.get((bodies[0] as Body).ref, "native"),
  ),
  besideMemory(`list ${held}, native`, { full: 1_500, small: 30, tiny: 1 }, (store) =>
    store.list("Pod", undefined, "native"),
  ),
  {
    name: "open a full store",
    measures: "seconds",
    operations: { full: 100_000, small: 5_000, tiny: 50 },
    rounds: { full: 5, small: 3, tiny: 1 },
    subject: {
      name: "filesystem backend",
      open: async (operations) => {
        const root = await fullRoot(operations);
        let store: StoreBackend | undefined;
        return {
          run: async () => {
            store = await createFsBackend({ root });
            if (store.resourceCount() !== operations) throw new Error("not all are there");
          },
          before: () => store?.close(),
          close: () => store?.close(),
        };
      },
    },
    floor: {
      name: "reading and decoding the same files, synchronously",
      open: async (operations) => {
        const root = await fullRoot(operations);
        return {
          run: () => {
            let count = 0;
            for (const entry of readdirSync(root, { recursive: true, withFileTypes: true })) {
              if (!entry.isFile() || !entry.name.endsWith(".envelope")) continue;
              decodeEnvelope(readFileSync(join(entry.parentPath, entry.name)));
              count++;
            }
            if (count !== operations) throw new Error("not all are there");
          },
        };
      },
    },
    bar: { atMost: 1.5 },
  },
];
