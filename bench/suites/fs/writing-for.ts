/** Writers that go on for so long, whatever they come to. */

import { join } from "node:path";
import { createFsBackend, type FsBackendOptions } from "@engenho/backend-fs";
import type { Contestant, Size } from "../../src/bench-case.ts";
import { freshBodies } from "../../src/bodies.ts";
import { callAll } from "../../src/call-all.ts";
import { makeDirectory } from "./directories.ts";
import { whenFilesAreWritten } from "./when-files-are-written.ts";

/** How long, and in how many parts. */
export interface Time {
  readonly seconds: Readonly<Record<Size, number>>;
  readonly parts: Readonly<Record<Size, number>>;
}

const writers = 64;

/**
 * 64 writers without a pause, each round in a directory that is new.
 *
 * @param of Makes the round's figure of the rates of its parts.
 */
export function writingFor(
  name: string,
  { seconds, parts }: Time,
  options: Omit<FsBackendOptions, "root">,
  of: (rates: readonly number[]) => number,
): Contestant {
  return {
    name,
    open: async (_, size) => {
      const store = await createFsBackend({ root: join(makeDirectory(), "store"), ...options });
      let figure = 0;
      let namespace = "";
      return {
        before: async (round) => {
          namespace = `round${round}`;
          const first = freshBodies(writers, namespace);
          await callAll(first, writers, ({ bytes }) => store.apply("native", bytes));
        },
        run: async () => {
          const slots = parts[size];
          const slot = seconds[size] / slots;
          const counts = Array.from({ length: slots }, () => 0);
          const begun = performance.now();
          const slotNow = (): number => Math.floor((performance.now() - begun) / 1000 / slot);
          const client = async (): Promise<void> => {
            while (slotNow() < slots) {
              for (const { bytes } of freshBodies(1, namespace)) await store.apply("native", bytes);
              const at = slotNow();
              if (at < slots) counts[at] = (counts[at] ?? 0) + 1;
            }
          };
          await Promise.all(Array.from({ length: writers }, client));
          figure = of(counts.map((count) => count / slot));
        },
        after: () => whenFilesAreWritten(store),
        figure: () => figure,
        close: () => store.close(),
      };
    },
  };
}
