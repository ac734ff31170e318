/** What another handle reads while a store is restored: all of the old one, or all of the new one. */

import { createRaftBackend } from "@engenho/backend-raft";
import { encodeEnvelope, encodeSnapshot, type LoadedEntry, type StoreBackend } from "@engenho/sdk";
import type { BenchCase, Size } from "../../src/bench-case.ts";
import { envelopeOf, freshManifests } from "../../src/fixtures.ts";
import { endpoints, freshPrefix } from "./cluster.ts";

const restored: Readonly<Record<Size, number>> = { full: 20_000, small: 2_000, tiny: 200 };
/** How many resources each read sees, which bear the number of their store: more than etcd takes in one transaction. */
const marks = 256;
const kind = "Mark";

/** Stores with a number: there are as many resources more in them. */
class NumberedStores {
  readonly #size: Size;
  readonly #others: readonly LoadedEntry[];

  constructor(size: Size) {
    this.#size = size;
    this.#others = freshManifests(restored[size]).map((each) => ({
      ref: each.ref,
      envelope: envelopeOf(each),
    }));
  }

  snapshot(number: number): Uint8Array {
    const marked = Array.from({ length: marks + number }, (_, i) => mark(number, i));
    return encodeSnapshot([...marked, ...this.#others]);
  }

  /** Reads, and throws for anything that is neither of these two stores whole, or older than what was seen before. */
  async read(store: StoreBackend, before: number, after: number): Promise<number> {
    const { items } = await store.list(kind, undefined, "json");
    const [number = Number.NaN, ...more] = new Set(items.map(({ body }) => numberIn(body)));
    const total = store.resourceCount() - marks - restored[this.#size];
    const isWhole = more.length === 0 && items.length === marks + number;
    for (const each of [number, total]) {
      if (isWhole && (each === before || each === after)) continue;
      throw new Error(
        `a read saw no whole store: ${items.length} marks of ${[number, ...more].join(", ")}`,
      );
    }
    return number;
  }
}

function mark(number: number, index: number): LoadedEntry {
  const ref = { kind, name: `mark-${index}` };
  const manifest = { apiVersion: "v1", kind, metadata: { name: ref.name }, number };
  const payload = new TextEncoder().encode(JSON.stringify(manifest));
  return { ref, envelope: encodeEnvelope({ ref, format: "json", payload }) };
}

function numberIn(body: Uint8Array): number {
  return (JSON.parse(new TextDecoder().decode(body)) as { readonly number: number }).number;
}

export const readsDuringRestores: BenchCase = {
  name: "lists of 256 during restores, which see old or new",
  measures: "rate",
  unit: "lists/s",
  operations: { full: 1_000, small: 100, tiny: 5 },
  rounds: { full: 1, small: 1, tiny: 1 },
  isWarm: true,
  subject: {
    name: "etcd-raft backend, another handle than the one that restores",
    open: async (operations, size) => {
      const options = { endpoints: await endpoints(), prefix: freshPrefix() };
      const [writer, reader] = [await createRaftBackend(options), await createRaftBackend(options)];
      const stores = new NumberedStores(size);
      let number = 0;
      await writer.restore(stores.snapshot(number));
      let figure = 0;
      return {
        run: async () => {
          let [reads, seconds] = [0, 0];
          while (reads < operations) {
            const snapshot = stores.snapshot(number + 1);
            let isOver = false;
            const begun = performance.now();
            const restoring = writer.restore(snapshot).finally(() => void (isOver = true));
            for (let seen = number; !isOver; reads++)
              seen = await stores.read(reader, seen, number + 1);
            await restoring;
            seconds += (performance.now() - begun) / 1000;
            number++;
            // The restore is acknowledged: nobody sees the old store any more.
            await stores.read(reader, number, number);
          }
          figure = reads / seconds;
        },
        figure: () => figure,
        close: async () => {
          await Promise.all([writer.close(), reader.close()]);
        },
      };
    },
  },
};
