/** Appends to the journal, one of which is made while another is on its way to the disk. */

import { existsSync, readFileSync, truncateSync } from "node:fs";
import { join } from "node:path";
import { BackendError, StoreFailedError } from "@engenho/sdk";
import { beforeEach, expect, onTestFinished, test, vi } from "vitest";
import type { Change } from "../src/commit/commit-batch.ts";
import { disk as realDisk } from "../src/disk.ts";
import { DurableTree } from "../src/durable-tree.ts";
import { type FileOperations, fileOperations } from "../src/file-operations.ts";
import { AppendOrder } from "../src/journal/append-order.ts";
import { Journal } from "../src/journal/journal.ts";
import { replayJournal } from "../src/journal/replay-journal.ts";
import { givenSeed, numbers } from "./random.ts";
import { RecordedDisk } from "./recorded-disk.ts";
import { diskOver, failureOf, makeDirectory } from "./support.ts";

const pathOf = (name: string): string => `Pod/default/${name}.envelope`;

const putting = (name: string, text: string): Change => ({
  put: { path: pathOf(name), bytes: Buffer.from(text) },
  removes: [],
});

function injected(code: string): Error {
  return Object.assign(new Error("injected"), { code });
}

/** Files are written when they are asked for, and not by themselves. */
beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout"] });
  onTestFinished(() => void vi.useRealTimers());
});

test("follow one another in the order of the calls, and what is done alone waits for all before it", async () => {
  const order = new AppendOrder();
  const seen: string[] = [];
  const gates = new Map(["a", "b", "c"].map((name) => [name, Promise.withResolvers<void>()]));
  const append = (name: string): Promise<void> =>
    order.follow(async () => {
      seen.push(`begin ${name}`);
      await gates.get(name)?.promise;
      seen.push(`end ${name}`);
    });
  const first = [append("a"), append("b")];
  const alone = order.alone(async () => void seen.push("alone"));
  const last = append("c");
  expect(seen).toEqual(["begin a", "begin b"]);
  for (const name of ["b", "a"]) gates.get(name)?.resolve();
  await Promise.all([...first, alone]);
  gates.get("c")?.resolve();
  await last;
  const expected = ["begin a", "begin b", "end b", "end a", "alone", "begin c", "end c"];
  expect(seen).toEqual(expected);
});

test("go on after something done alone has failed", async () => {
  const order = new AppendOrder();
  await expect(order.alone(() => Promise.reject(new Error("no")))).rejects.toThrow("no");
  expect(await order.follow(async () => "yes")).toBe("yes");
});

/** Operations of which some fail at random: none of an fsync, after which there are no others. */
function unreliable(operations: FileOperations, below: (limit: number) => number): FileOperations {
  const mayFail = (code: string): void => {
    if (below(12) === 0) throw injected(code);
  };
  return {
    ...operations,
    async look(path) {
      if (path.endsWith(".envelope") && below(60) === 0) throw injected("EACCES");
      return operations.look(path);
    },
    async openToWrite(path) {
      mayFail("EMFILE");
      return operations.openToWrite(path);
    },
    async writeAt(file, bytes, position) {
      if (below(12) > 0) return operations.writeAt(file, bytes, position);
      await operations.writeAt(file, bytes.subarray(0, below(bytes.length)), position);
      throw injected("ENOSPC");
    },
  };
}

/** What one name may hold after a loss of power. */
interface Expected {
  readonly name: string;
  readonly acknowledged: string | undefined;
  /** What nobody was told of yet, or what nobody knows. */
  readonly open: readonly string[];
}

/** A writer of one name, one write after another. */
class Client {
  readonly name: string;
  acknowledged: string | undefined;
  open: string[] = [];
  count = 0;
  refusals = 0;

  constructor(name: string) {
    this.name = name;
  }

  async write(journal: Journal): Promise<void> {
    const text = `${this.name} ${this.count++}`;
    this.open.push(text);
    try {
      await journal.commit(putting(this.name, text));
      this.acknowledged = text;
      this.open = [];
    } catch (error) {
      this.refusals++;
      if (BackendError.from(error).outcome === "none") this.open.pop();
    }
  }

  expected(): Expected {
    return { name: this.name, acknowledged: this.acknowledged, open: [...this.open] };
  }
}

test(
  "keep what was acknowledged and nothing that was refused, however they fail and whenever the power goes",
  { timeout: 120_000 },
  async ({ annotate }) => {
    const seed = givenSeed();
    const below = numbers(seed);
    let [writes, refusals, losses] = [0, 0, 0];
    for (let round = 0; round < 12; round++) {
      const root = makeDirectory();
      const disk = new RecordedDisk(root);
      const tree = new DurableTree(root, diskOver(unreliable(disk.operations, below)), true);
      const journal = new Journal(tree);
      const clients = Array.from({ length: 40 }, (_, at) => new Client(`n${at}`));
      const survivors: { readonly root: string; readonly expected: readonly Expected[] }[] = [];
      const losePower = (): void => {
        const survivor = makeDirectory();
        disk.losePower(survivor, seed);
        survivors.push({ root: survivor, expected: clients.map((client) => client.expected()) });
      };
      await Promise.all(
        clients.map(async (client) => {
          for (let nth = 0; nth < 8; nth++) {
            await client.write(journal);
            if (below(40) === 0) losePower();
            if (below(80) === 0) await journal.drain().catch(() => undefined);
          }
        }),
      );
      losePower();
      for (const { root: survivor, expected } of survivors) {
        const copy = new DurableTree(survivor, diskOver(fileOperations), false);
        await copy.clearDirectory("_tmp"); // as an open does
        await replayJournal(copy);
        for (const { name, acknowledged, open } of expected) {
          const path = join(survivor, pathOf(name));
          const text = existsSync(path) ? readFileSync(path, "utf8") : undefined;
          expect([acknowledged, ...open], `SEED=${seed}, round ${round}`).toContain(text);
        }
      }
      losses += survivors.length;
      for (const { count, refusals: refused } of clients) {
        writes += count;
        refusals += refused;
      }
      await tree.abandon();
    }
    expect(refusals).toBeGreaterThan(0);
    await annotate(`${writes} writes, ${refusals} of them refused, ${losses} losses of power`);
  },
);

test("are no more once an fsync has failed, though one was made already", async () => {
  const root = makeDirectory();
  const steps: string[] = [];
  let isSound = true;
  const tree = new DurableTree(
    root,
    diskOver({
      ...fileOperations,
      async writeAt(file, bytes, position) {
        steps.push("write");
        await fileOperations.writeAt(file, bytes, position);
      },
      async syncData(file) {
        if (isSound) return fileOperations.syncData(file);
        steps.push("failed");
        throw injected("EIO");
      },
    }),
    true,
  );
  const journal = new Journal(tree);
  await journal.commit(putting("before", ""));
  isSound = false;
  steps.length = 0;
  const names = Array.from({ length: 64 }, (_, at) => `n${at}`);
  const ends = await Promise.allSettled(names.map((name) => journal.commit(putting(name, ""))));
  expect(steps).toEqual(["write", "failed"]);
  for (const end of ends)
    expect(end).toMatchObject({
      status: "rejected",
      reason: expect.any(StoreFailedError) as unknown,
    });
  await tree.abandon();
});

test("are refused where somebody has shortened the file, until its writes are in theirs", async () => {
  const root = makeDirectory();
  const tree = new DurableTree(root, realDisk, true);
  const journal = new Journal(tree);
  for (const name of ["a", "b"]) await journal.commit(putting(name, name));
  truncateSync(join(root, "_journal/1"), 40);
  const failure = await failureOf(journal.commit(putting("c", "c")));
  expect(failure).toMatchObject({ code: "conflict", outcome: "none" });
  expect(failure.reason).toMatch(/_journal\/1 has 40 bytes where \d+ belong/);
  await journal.drain();
  await journal.commit(putting("c", "c"));
  await journal.close();
  for (const name of ["a", "b", "c"])
    expect(readFileSync(join(root, pathOf(name)), "utf8")).toBe(name);
  await tree.leave();
});
