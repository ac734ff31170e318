/** What the journal does when nobody pauses: the worst seconds of a minute. */

import { join } from "node:path";
import { createFsBackend } from "@engenho/backend-fs";
import type { BenchCase, Contestant, Size } from "../../src/bench-case.ts";
import { freshBodies } from "../../src/bodies.ts";
import { callAll } from "../../src/call-all.ts";
import { makeDirectory } from "./directories.ts";

const writers = 64;
const seconds: Readonly<Record<Size, number>> = { full: 60, small: 6, tiny: 1 };
/** How many parts that has: of five seconds in a minute. */
const parts: Readonly<Record<Size, number>> = { full: 12, small: 3, tiny: 1 };

/** Writes for as long, and gives a rate made of those of its parts. */
function writingFor(
  name: string,
  journal: boolean,
  of: (rates: readonly number[]) => number,
): Contestant {
  return {
    name,
    open: (_, size) => {
      let figure = 0;
      return {
        run: async () => {
          const root = join(makeDirectory(), "store");
          const store = await createFsBackend({ root, journal });
          // Threads and directories begin with the first writes.
          await callAll(freshBodies(writers), writers, ({ bytes }) => store.apply("native", bytes));
          const slots = parts[size];
          const slot = seconds[size] / slots;
          const counts = Array.from({ length: slots }, () => 0);
          const begun = performance.now();
          const slotNow = (): number => Math.floor((performance.now() - begun) / 1000 / slot);
          const client = async (): Promise<void> => {
            while (slotNow() < slots) {
              for (const { bytes } of freshBodies(1)) await store.apply("native", bytes);
              const at = slotNow();
              if (at < slots) counts[at] = (counts[at] ?? 0) + 1;
            }
          };
          await Promise.all(Array.from({ length: writers }, client));
          figure = of(counts.map((count) => count / slot));
          await store.close();
        },
        figure: () => figure,
      };
    },
  };
}

const mean = (rates: readonly number[]): number =>
  rates.reduce((sum, rate) => sum + rate, 0) / rates.length;

export const sustainedCases: readonly BenchCase[] = [
  {
    name: "64 writers without a pause, the worst 5 of 60 seconds",
    measures: "rate",
    unit: "applies/s",
    operations: { full: 1, small: 1, tiny: 1 },
    rounds: { full: 1, small: 1, tiny: 1 },
    isWarm: true,
    subject: writingFor("filesystem backend, journal: true", true, (rates) => Math.min(...rates)),
    floor: writingFor("filesystem backend, all 60 seconds", false, mean),
    bar: { atLeast: 0.9 },
  },
];
