/** What an earlier opening left that was not durable: what is said of it survives a loss of power. */

import type { StoreBackend } from "@engenho/sdk";
import { expect, test } from "vitest";
import { DiskWithDeaths } from "./disk-with-deaths.ts";
import { makeDirectory, open, podManifest } from "./support.ts";

const slow = { timeout: 240_000 };
/** How many losses of power are acted out at each place. */
const losses = 4;

async function textsOf(backend: StoreBackend): Promise<string> {
  const { items } = await backend.list("Pod", undefined, "yaml");
  return items.map(({ body }) => new TextDecoder().decode(body)).join("");
}

function textsOfAll(...pods: readonly (readonly [name: string, note: string])[]): string {
  return pods.map(([name, note]) => new TextDecoder().decode(podManifest(name, note))).join("");
}

test(
  "a restore that was decided is not undone by half, wherever the power goes while it is finished",
  slow,
  async () => {
    const source = await open(makeDirectory());
    for (const name of ["a", "c"]) await source.apply("yaml", podManifest(name, "new"));
    const snapshot = await source.snapshot();
    for (let step = 0, hasDied = true; hasDied; step++) {
      const disk = new DiskWithDeaths();
      await disk.during(async (backend) => {
        for (const name of ["a", "b"]) await backend.apply("yaml", podManifest(name, "old"));
      });
      await disk.during(async (backend, arm) => {
        arm({ at: "rename", die: true, isDone: true });
        await backend.restore(snapshot);
      });
      hasDied = await disk.during(async () => {}, { at: step, die: true });
      for (let seed = 0; seed < losses; seed++) {
        const survivor = await open(disk.losePower(seed));
        expect([
          textsOfAll(["a", "old"], ["b", "old"]),
          textsOfAll(["a", "new"], ["c", "new"]),
        ]).toContain(await textsOf(survivor));
        await survivor.close();
      }
    }
  },
);
