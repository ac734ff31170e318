/** Which changes go to the disk together, and how many batches at once. */

import * as fc from "fast-check";
import { expect, test } from "vitest";
import type { Change, CommitResult } from "../src/commit/commit-batch.ts";
import { GroupCommit } from "../src/commit/group-commit.ts";

/** A disk that ends a batch when it is told to. */
class HeldDisk {
  readonly underWay: { readonly changes: readonly Change[]; readonly end: () => void }[] = [];
  readonly sizes: number[] = [];

  readonly commit = async (changes: readonly Change[]): Promise<CommitResult> => {
    this.sizes.push(changes.length);
    const ended = Promise.withResolvers<void>();
    const batch = { changes, end: ended.resolve };
    this.underWay.push(batch);
    await ended.promise;
    this.underWay.splice(this.underWay.indexOf(batch), 1);
    return { errors: changes.map(() => undefined), syncs: 1 };
  };
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const change = (name: string): Change => ({ removes: [name] });

test("a few that come while one is on its way go together when it ends", async () => {
  const disk = new HeldDisk();
  const commits = new GroupCommit(disk.commit, 4);
  const done = ["a", "b", "c", "d"].map((name) => commits.add(change(name)));
  await turn();
  expect(disk.sizes).toEqual([1]);
  disk.underWay[0]?.end();
  await turn();
  expect(disk.sizes).toEqual([1, 3]);
  disk.underWay[0]?.end();
  await Promise.all(done);
});

test("many who come back at once are shared among as many batches as may be on their way", async () => {
  const disk = new HeldDisk();
  const commits = new GroupCommit(disk.commit, 4);
  let left = 2_000;
  const client = async (): Promise<void> => {
    while (left-- > 0) await commits.add(change("a"));
  };
  let running = 64;
  const clients = Array.from({ length: running }, () => client().finally(() => running--));
  for (let most = 0; running > 0; await turn()) {
    most = Math.max(most, disk.underWay.length);
    expect(most).toBeLessThanOrEqual(4);
    disk.underWay[0]?.end();
  }
  await Promise.all(clients);
  const steady = disk.sizes.slice(20, -20);
  expect(Math.max(...steady)).toBeLessThanOrEqual(32);
  expect(Math.min(...steady)).toBeGreaterThanOrEqual(8);
});

test("every change is in one batch, in the order in which they came, however batches end", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.nat(40), { minLength: 1, maxLength: 30 }),
      fc.integer({ min: 1, max: 5 }),
      async (waves, together) => {
        const disk = new HeldDisk();
        const committed: string[] = [];
        const commits = new GroupCommit((changes) => {
          committed.push(...changes.flatMap(({ removes }) => removes));
          return disk.commit(changes);
        }, together);
        const asked: string[] = [];
        const done: Promise<void>[] = [];
        for (const wave of waves) {
          for (let i = 0; i < wave; i++) {
            asked.push(`${asked.length}`);
            done.push(commits.add(change(`${asked.length - 1}`)));
          }
          expect(disk.underWay.length).toBeLessThanOrEqual(together);
          disk.underWay[wave % Math.max(1, disk.underWay.length)]?.end();
          await turn();
        }
        for (; committed.length < asked.length || disk.underWay.length > 0; await turn())
          disk.underWay[0]?.end();
        await Promise.all(done);
        expect(committed).toEqual(asked);
      },
    ),
  );
});
