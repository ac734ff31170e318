/** A journal some of whose files cannot be written, and one that there is no room for. */

import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import type { Change } from "../src/commit/commit-batch.ts";
import { DurableTree } from "../src/durable-tree.ts";
import { type FileOperations, fileOperations } from "../src/file-operations.ts";
import { Journal } from "../src/journal/journal.ts";
import { replayJournal } from "../src/journal/replay-journal.ts";
import { openFsBackend } from "../src/open-fs-backend.ts";
import { fillUp, mountFilesystem } from "./mounted-filesystem.ts";
import { ObservedOperations } from "./observed-operations.ts";
import { diskOver, failureOf, makeDirectory, open, podManifest, podRef } from "./support.ts";

const pathOf = (name: string): string => `Pod/default/${name}.envelope`;

const putting = (name: string, text = ""): Change => ({
  put: { path: pathOf(name), bytes: Buffer.from(text) },
  removes: [],
});

/** Three of them are more than files may be behind, and than a segment takes. */
const large = (name: string): Change => ({
  put: { path: pathOf(name), bytes: new Uint8Array(24 * 1024 * 1024) },
  removes: [],
});

const removing = (name: string): Change => ({ removes: [pathOf(name)] });

/** A journal that writes files when it is asked to and not by itself, and what it works on. */
class Bench {
  readonly root = makeDirectory();
  readonly tree: DurableTree;
  readonly journal: Journal;

  constructor(operations: FileOperations = fileOperations) {
    vi.useFakeTimers({ toFake: ["setTimeout"] });
    onTestFinished(() => void vi.useRealTimers());
    this.tree = new DurableTree(this.root, diskOver(operations), false);
    this.journal = new Journal(this.tree);
  }

  has(name: string): boolean {
    return existsSync(join(this.root, pathOf(name)));
  }

  /** Has a directory where the file of an acknowledged write belongs, and finds that out. */
  async takePlace(name: string): Promise<void> {
    await this.journal.commit(putting(name));
    mkdirSync(join(this.root, pathOf(name)), { recursive: true });
    await failureOf(this.journal.drain());
  }

  freePlace(name: string): void {
    rmdirSync(join(this.root, pathOf(name)));
  }

  segments(): readonly string[] {
    return readdirSync(join(this.root, "_journal")).sort();
  }

  /** The text of a file after a crash now and the next open. */
  async afterCrash(name: string): Promise<string | undefined> {
    const root = join(makeDirectory(), "copy");
    cpSync(this.root, root, { recursive: true });
    const copy = new DurableTree(root, diskOver(fileOperations), false);
    await replayJournal(copy).catch(() => undefined);
    const path = join(root, pathOf(name));
    return existsSync(path) ? readFileSync(path, "utf8") : undefined;
  }
}

function noSpace(): Error {
  return Object.assign(new Error("injected"), { code: "ENOSPC" });
}

/** A disk that has no room for files of resources until this one goes. */
function fullUntilGone(name: string): FileOperations & { fill(): void } {
  let isFull = false;
  return {
    ...fileOperations,
    fill: () => void (isFull = true),
    async create(path) {
      if (isFull && path.includes("/_tmp/")) throw noSpace();
      return fileOperations.create(path);
    },
    async unlink(path) {
      await fileOperations.unlink(path);
      if (path.endsWith(pathOf(name))) isFull = false;
    },
  };
}

describe("a file that cannot be written", () => {
  test("does not keep a removal from making room for it, were it acknowledged later", async () => {
    const disk = fullUntilGone("old");
    const { tree, journal, ...bench } = new Bench(disk);
    await tree.commit(putting("old"));
    disk.fill();
    await journal.commit(putting("new"));
    expect(await failureOf(journal.drain())).toMatchObject({ code: "no_space" });
    await journal.commit(removing("old"));
    await journal.drain();
    expect(readdirSync(join(bench.root, "Pod/default"))).toEqual(["new.envelope"]);
    expect(journal.statistics).toEqual({ pending: 0, pendingBytes: 0, problem: null });
  });

  test("keeps no other from being written, says so, and is tried again", async () => {
    const bench = new Bench();
    const { journal } = bench;
    await bench.takePlace("taken");
    await journal.commit(putting("free"));
    const failure = await failureOf(journal.drain());
    expect(failure.reason).toContain("the files of writes in the journal cannot be written");
    expect(bench.has("free")).toBe(true);
    expect(journal.statistics).toMatchObject({
      pending: 1,
      problem: expect.stringContaining(pathOf("taken")) as string,
    });
    bench.freePlace("taken");
    await journal.drain();
    expect(bench.has("taken")).toBe(true);
    expect(bench.segments()).toEqual([]);
  });

  test("is forgotten once its file is removed", async () => {
    const disk = fullUntilGone("old");
    const bench = new Bench(disk);
    disk.fill();
    await bench.journal.commit(putting("new"));
    expect(await failureOf(bench.journal.drain())).toMatchObject({ code: "no_space" });
    await bench.journal.commit(removing("new"));
    await bench.journal.drain();
    expect(bench.segments()).toEqual([]);
  });

  test("has no later segment go before its own: a crash would bring back what that replaced", async () => {
    const bench = new Bench();
    await bench.journal.commit(putting("a", "older"));
    await bench.takePlace("taken");
    await bench.journal.commit(putting("a", "newer"));
    await failureOf(bench.journal.drain());
    expect(await bench.afterCrash("a")).toBe("newer");
    for (let count = 0; count < 4; count++) await bench.journal.commit(large("large"));
    await failureOf(bench.journal.drain());
    expect(bench.segments()).toEqual(["1", "2", "3"]);
    expect(await bench.afterCrash("a")).toBe("newer");
    await bench.journal.commit(removing("a"));
    await failureOf(bench.journal.drain());
    expect(bench.has("a")).toBe(false);
    expect(await bench.afterCrash("a")).toBeUndefined();
  });

  test("has no segments pile up behind its own with every try", async () => {
    const bench = new Bench();
    await bench.takePlace("taken");
    for (const name of ["a", "b", "c"]) {
      await bench.journal.commit(putting(name));
      await failureOf(bench.journal.drain());
    }
    expect(bench.segments()).toEqual(["1", "2"]);
  });

  test("keeps no writers from a burst, and refuses them where its segment has kept too many", async () => {
    const bench = new Bench();
    await bench.takePlace("taken");
    for (const name of ["a", "b", "c", "d", "e"]) await bench.journal.commit(large(name));
    const writeOn = async (): Promise<void> => {
      for (let count = 0; count < 20; count++) await bench.journal.commit(large("a"));
    };
    expect(await failureOf(writeOn())).toMatchObject({ code: "conflict", outcome: "none" });
    bench.freePlace("taken");
    await bench.journal.drain();
    await bench.journal.commit(large("a"));
    await bench.journal.close();
  });
});

describe("a removal that the journal has no room for", () => {
  test.each(["makeDirectory", "create", "writeAt"] as const)(
    "is done without it, where %s finds none",
    async (at) => {
      const root = makeDirectory();
      const before = await open(root);
      await before.apply("yaml", podManifest("old"));
      await before.close();
      const observed = new ObservedOperations();
      const backend = await openFsBackend({ root, journal: true }, diskOver(observed.operations));
      observed.arm({ at, errno: "ENOSPC" });
      await backend.delete(podRef("old"));
      expect(observed.steps.at(-2)?.operation).toBe("sync");
      expect(existsSync(join(root, pathOf("old")))).toBe(false);
      observed.arm({ at, errno: "ENOSPC" });
      const failure = await failureOf(backend.apply("yaml", podManifest("new")));
      expect(failure).toMatchObject({ code: "no_space", outcome: "none" });
      await backend.close();
    },
  );

  test("is refused where a replay would undo it, though the file is written", async () => {
    const observed = new ObservedOperations();
    const bench = new Bench(observed.operations);
    await bench.journal.commit(putting("a", "kept"));
    await bench.takePlace("taken");
    expect(bench.has("a")).toBe(true);
    await bench.journal.commit(putting("b"));
    observed.arm({ at: "writeAt", errno: "ENOSPC" });
    const failure = await failureOf(bench.journal.commit(removing("a")));
    expect(failure).toMatchObject({ code: "no_space", outcome: "none" });
    expect(bench.has("a")).toBe(true);
    expect(await bench.afterCrash("a")).toBe("kept");
  });
});

test(
  "on a full disk deletes make room for what the journal has",
  { timeout: 120_000 },
  async ({ skip }) => {
    const mount = await mountFilesystem("ext4", skip);
    const root = join(mount, "store");
    const note = "x".repeat(100_000);
    const numbers = Array.from({ length: 20 }, (_, number) => number);
    // Not in the journal any more: what has a record there is not removed without one.
    const before = await open(root);
    await Promise.all(numbers.map((at) => before.apply("yaml", podManifest(`old${at}`, note))));
    await before.close();
    const backend = await open(root, { journal: true });
    // Fewer than make way for them: the journal itself takes room, too.
    const fewer = numbers.slice(10);
    await Promise.all(fewer.map((at) => backend.apply("yaml", podManifest(`new${at}`, note))));
    fillUp(mount);
    await Promise.all(numbers.map((at) => backend.delete(podRef(`old${at}`))));
    await vi.waitFor(
      () => expect(backend.diagnostics()["journal"]).toMatchObject({ pending: 0, problem: null }),
      { timeout: 60_000 },
    );
    await backend.close();
    const reopened = await open(root);
    expect(reopened.resourceCount()).toBe(fewer.length);
    await reopened.close();
  },
);
