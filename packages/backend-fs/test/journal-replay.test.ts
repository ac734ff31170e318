/** A replay of the journal that ends at any of its steps, by the end of the process or by a loss of power. */

import { join } from "node:path";
import { encodeEnvelope } from "@engenho/sdk";
import { expect, test } from "vitest";
import type { Change } from "../src/commit/commit-batch.ts";
import { type FileOperations, fileOperations } from "../src/file-operations.ts";
import { beginSegment, encodeAppend, recordOf } from "../src/journal/journal-record.ts";
import { failureOf, makeDirectory, openOver, podManifest, podRef, stateOf } from "./support.ts";
import { RecordedDisk } from "./recorded-disk.ts";

const slow = { timeout: 240_000 };
/** How many losses are acted out at each step. */
const losses = 4;

const pathOf = (name: string): string => `Pod/default/${name}.envelope`;

function putting(name: string, note: string): Change {
  const bytes = encodeEnvelope({
    ref: podRef(name),
    format: "yaml",
    payload: podManifest(name, note),
  });
  return { put: { path: pathOf(name), bytes, modified: 1_800_000_000_000_000 }, removes: [] };
}

/** The second segment takes back what the first one has: neither may count without the other. */
const segments: readonly (readonly Change[])[] = [
  [putting("a", "1"), putting("b", "1"), putting("new", "1")],
  [putting("a", "2"), { removes: [pathOf("b")] }, putting("c", "2")],
];

/** Files of a store, its journal left behind, all of it safe on a disk of its own. */
async function leftBehind(): Promise<{ readonly root: string; readonly disk: RecordedDisk }> {
  const place = makeDirectory();
  const disk = new RecordedDisk(place);
  const root = join(place, "store");
  const backend = await openOver(root, disk.operations);
  for (const name of ["a", "b", "old"]) await backend.apply("yaml", podManifest(name, "0"));
  await backend.close();
  const { create, makeDirectory: make, openDirectory, write, sync, close } = disk.operations;
  await make(join(root, "_journal"), 0o777);
  for (const [index, changes] of segments.entries()) {
    const { mark, header } = beginSegment();
    let bytes = Buffer.from(header);
    for (const change of changes)
      bytes = Buffer.concat([bytes, encodeAppend([recordOf(change)], mark, bytes.length)]);
    const file = await create(join(root, "_journal", String(index + 1)));
    await write(file, bytes);
    await sync(file);
    await close(file);
  }
  for (const directory of ["_journal", "."]) {
    const opened = await openDirectory(join(root, directory));
    await sync(opened);
    await close(opened);
  }
  return { root, disk };
}

/** For what is only looked at: no power is lost there. */
const unsynced: FileOperations = {
  ...fileOperations,
  sync: async () => {},
  syncData: async () => {},
};

const harmless: ReadonlySet<string> = new Set(["look", "identify", "openDirectory", "openFile"]);

/** Operations of which those from the n-th on fail, as they do for a process that has ended. */
function dyingAt(operations: FileOperations, nth: number): FileOperations & { steps(): number } {
  let count = 0;
  const dying = Object.entries(operations).map(([name, operation]) => {
    const act = operation as (...args: unknown[]) => unknown;
    const step = async (...args: unknown[]): Promise<unknown> => {
      if (!harmless.has(name) && name !== "close" && count++ >= nth)
        throw new Error("the process is dead");
      return act(...args);
    };
    return [name, step] as const;
  });
  return { ...(Object.fromEntries(dying) as unknown as FileOperations), steps: () => count };
}

async function expectedState(): Promise<string> {
  const backend = await openOver(join(makeDirectory(), "store"), unsynced);
  for (const [name, note] of Object.entries({ a: "2", c: "2", new: "1", old: "0" }))
    await backend.apply("yaml", podManifest(name, note));
  return stateOf(backend);
}

test(
  "every acknowledged write is there after the next open, wherever the replay ended",
  slow,
  async () => {
    const expected = await expectedState();
    const whole = await leftBehind();
    const counting = dyingAt(whole.disk.operations, Infinity);
    expect(await stateOf(await openOver(whole.root, counting))).toBe(expected);
    for (let nth = 0; nth < counting.steps(); nth++) {
      const { root, disk } = await leftBehind();
      await failureOf(openOver(root, dyingAt(disk.operations, nth)));
      for (let loss = 0; loss < losses; loss++) {
        const survivor = makeDirectory();
        disk.losePower(survivor, nth);
        const survived = await openOver(join(survivor, "store"), unsynced);
        expect(await stateOf(survived), `step ${nth}, loss ${loss}`).toBe(expected);
        await survived.close();
      }
      const again = await openOver(root, unsynced);
      expect(await stateOf(again), `step ${nth}`).toBe(expected);
      await again.close();
    }
  },
);
