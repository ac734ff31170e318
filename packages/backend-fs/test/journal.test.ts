/** What the journal leaves when it is cut off, what it makes of that, and when files are there. */

import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  writeFileSync,
} from "node:fs";
import { join, relative } from "node:path";
import { encodeEnvelope } from "@engenho/sdk";
import fc from "fast-check";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import type { Change } from "../src/commit/commit-batch.ts";
import { DurableTree } from "../src/durable-tree.ts";
import { type FileOperations, fileOperations } from "../src/file-operations.ts";
import { Journal } from "../src/journal/journal.ts";
import {
  beginSegment,
  decodeSegment,
  encodeAppend,
  recordOf,
} from "../src/journal/journal-record.ts";
import { readJournal } from "../src/journal/replay-journal.ts";
import { ObservedOperations } from "./observed-operations.ts";
import {
  diskOver,
  failureOf,
  makeDirectory,
  open,
  openOver,
  podManifest,
  podRef,
  stateOf,
} from "./support.ts";
import { openFsBackend } from "../src/open-fs-backend.ts";

const pathOf = (name: string): string => `Pod/default/${name}.envelope`;

function putting(name: string, note = ""): Change {
  const ref = podRef(name);
  const bytes = encodeEnvelope({ ref, format: "yaml", payload: podManifest(name, note) });
  return { put: { path: pathOf(name), bytes, modified: 1_800_000_000_000_000 }, removes: [] };
}

const removing = (name: string): Change => ({ removes: [pathOf(name)] });

/** A segment's bytes after its header and after each append, the last being all of it. */
function appended(appends: readonly (readonly Change[])[]): readonly Buffer[] {
  const { mark, header } = beginSegment();
  const stages = [Buffer.from(header)];
  for (const changes of appends) {
    const before = stages.at(-1) ?? Buffer.alloc(0);
    const append = encodeAppend(changes.map(recordOf), mark, before.length);
    stages.push(Buffer.concat([before, append]));
  }
  return stages;
}

/** A segment to which these changes were appended, one after another. */
function segmentOf(...changes: readonly Change[]): Buffer {
  return appended(changes.map((change) => [change])).at(-1) ?? Buffer.alloc(0);
}

/** A closed store with `old` in a file, and these segments of a journal. */
async function leftBehind(...segments: readonly Uint8Array[]): Promise<string> {
  const root = makeDirectory();
  const backend = await open(root);
  await backend.apply("yaml", podManifest("old"));
  await backend.close();
  mkdirSync(join(root, "_journal"));
  for (const [index, bytes] of segments.entries())
    writeFileSync(join(root, "_journal", String(index + 1)), bytes);
  return root;
}

async function namesIn(root: string): Promise<readonly string[]> {
  const backend = await open(root);
  const { items } = await backend.list("Pod", undefined, "yaml");
  await backend.close();
  return items.map(({ ref }) => ref.name);
}

describe("a segment", () => {
  const change = fc
    .record({
      name: fc.string({ minLength: 1, maxLength: 3, unit: fc.constantFrom("a", "b", "ü") }),
      bytes: fc.uint8Array({ maxLength: 40 }),
      modified: fc.nat(),
      isRemoval: fc.boolean(),
    })
    .map(({ name, bytes, modified, isRemoval }): Change =>
      isRemoval ? removing(name) : { put: { path: pathOf(name), bytes, modified }, removes: [] },
    );
  const appends = fc.array(fc.array(change, { minLength: 1, maxLength: 3 }), { maxLength: 4 });

  test("is read as it was written", () => {
    fc.assert(
      fc.property(appends, (drawn) => {
        const whole = appended(drawn).at(-1) ?? Buffer.alloc(0);
        const read = { changes: drawn.flat(), brokenAt: undefined, isTorn: false };
        expect(decodeSegment(whole)).toEqual(read);
      }),
    );
  });

  test("that is cut off is torn, and what is whole is read", () => {
    fc.assert(
      fc.property(appends, fc.nat(), (drawn, place) => {
        const whole = appended(drawn).at(-1) ?? Buffer.alloc(0);
        const { changes, brokenAt, isTorn } = decodeSegment(
          whole.subarray(0, place % whole.length),
        );
        expect(changes).toEqual(drawn.flat().slice(0, changes.length));
        expect(isTorn).toBe(brokenAt !== undefined);
      }),
    );
  });

  test("in which a bit has changed is torn in the last append, and damaged before it", () => {
    fc.assert(
      fc.property(appends, fc.nat(), fc.integer({ min: 0, max: 7 }), (drawn, at, bit) => {
        const stages = appended(drawn);
        const harmed = Buffer.from(stages.at(-1) ?? []);
        const place = at % harmed.length;
        harmed[place] = (harmed[place] ?? 0) ^ (1 << bit);
        const struck = stages.findIndex(({ length }) => place < length);
        const { changes, brokenAt, isTorn } = decodeSegment(harmed);
        expect(isTorn).toBe(struck === drawn.length);
        expect(brokenAt).toBeLessThanOrEqual(place);
        expect(brokenAt).toBeGreaterThanOrEqual(stages[struck - 1]?.length ?? 0);
        expect(changes.length).toBeGreaterThanOrEqual(
          drawn.slice(0, Math.max(0, struck - 1)).flat().length,
        );
        expect(changes).toEqual(drawn.flat().slice(0, changes.length));
      }),
    );
  });

  test("whose torn append brought the bytes of an earlier segment's records is torn", () => {
    const foreign = segmentOf(putting("x"), putting("y"));
    const put = { path: pathOf("b"), bytes: foreign };
    const bytes = segmentOf(putting("a"), { put, removes: [] });
    bytes[segmentOf(putting("a")).length] = 0;
    expect(decodeSegment(bytes)).toMatchObject({ isTorn: true });
  });
});

describe("a journal that was left behind", () => {
  test("of many changes leaves others their turns, and tells how many there are left", async () => {
    const changes = Array.from({ length: 2_500 }, (_, at) => putting(`n${at}`));
    const root = await leftBehind(appended([changes]).at(-1) ?? Buffer.alloc(0));
    const told: unknown[] = [];
    let turns = 0;
    const count = setInterval(() => turns++, 0);
    const tree = new DurableTree(root, diskOver(fileOperations), false);
    const journal = await readJournal(tree);
    clearInterval(count);
    expect(journal?.changes).toHaveLength(2_500);
    expect(turns).toBeGreaterThanOrEqual(4);
    await (await open(root, { onProgress: (progress) => told.push(progress) })).close();
    const replaying = (left: number) => ({ found: 0, read: 0, replaying: left });
    expect(told.slice(0, 4)).toEqual([2_500, 2_000, 1_000, 0].map(replaying));
  });

  test("is written to files before anything is served, the last change counting", async () => {
    const root = await leftBehind(
      segmentOf(putting("a", "1"), putting("b")),
      segmentOf(putting("a", "2"), removing("b"), removing("old")),
    );
    const backend = await open(root);
    const { body, revision } = await backend.get(podRef("a"), "yaml");
    expect(body).toEqual(podManifest("a", "2"));
    expect(Number.parseInt(revision, 36)).toBe(1_800_000_000_000_000);
    expect(backend.resourceCount()).toBe(1);
    expect(existsSync(join(root, "_journal"))).toBe(false);
  });

  test.each([3, 30, segmentOf(putting("b")).length - 8])(
    "may end in an append that was cut off by %i bytes",
    async (missing) => {
      const whole = segmentOf(putting("a"), putting("b"));
      const root = await leftBehind(whole.subarray(0, whole.length - missing));
      const names = missing > 100 ? ["old"] : ["a", "old"];
      expect(await namesIn(root)).toEqual(names);
    },
  );

  test("may end in a segment that was cut off before it was used", async () => {
    const { header } = beginSegment();
    const root = await leftBehind(segmentOf(putting("a")), header.subarray(0, 20));
    expect(await namesIn(root)).toEqual(["a", "old"]);
  });

  /** A segment of three appends, a byte of the second one changed. */
  function damagedSegment(): { readonly bytes: Buffer; readonly at: number } {
    const bytes = segmentOf(putting("a"), putting("b"), putting("c"));
    const at = segmentOf(putting("a")).length;
    bytes[at + 60] = (bytes[at + 60] ?? 0) ^ 1;
    return { bytes, at };
  }

  test("that is damaged before its last append refuses to open, says where, and keeps everything", async () => {
    const { bytes, at } = damagedSegment();
    const root = await leftBehind(bytes);
    const failure = await failureOf(open(root));
    expect(failure.code).toBe("corrupt");
    expect(failure.reason).toContain(
      `${join(root, "_journal/1")} has a damaged record at byte ${at}`,
    );
    expect(readFileSync(join(root, "_journal/1"))).toEqual(bytes);
    expect(readdirSync(join(root, "Pod/default"))).toEqual(["old.envelope"]);
    // As it is advised.
    renameSync(join(root, "_journal"), join(makeDirectory(), "journal"));
    expect(await namesIn(root)).toEqual(["old"]);
  });

  test("of another format is no torn one", async () => {
    const root = await leftBehind(Buffer.from("\0\0\0\x50".padEnd(100, "record")));
    expect((await failureOf(open(root))).code).toBe("corrupt");
  });

  test.each([
    ["has a damaged record before the last segment", damagedSegment().bytes.subarray(0, 200)],
    ["leads out of the root", segmentOf({ removes: ["../../x.envelope"] })],
    ["names the store's own files", segmentOf({ removes: ["_restore/x.envelope"] })],
  ])("that %s refuses to open and keeps everything", async (_, segment) => {
    const root = await leftBehind(segment, segmentOf(putting("b")));
    expect((await failureOf(open(root))).code).toBe("corrupt");
    expect(readdirSync(join(root, "_journal"))).toEqual(["1", "2"]);
  });

  test("that leads out of the root at its end refuses to open, too", async () => {
    const root = await leftBehind(segmentOf(putting("b"), { removes: ["../../x.envelope"] }));
    expect((await failureOf(open(root))).code).toBe("corrupt");
  });

  test("loses an earlier segment for good before a later one goes", async () => {
    const root = await leftBehind(segmentOf(putting("a", "1")), segmentOf(putting("a", "2")));
    const observed = new ObservedOperations();
    await openOver(root, observed.operations);
    const steps = observed.steps.map(
      ({ operation, path }) => `${operation} ${relative(root, path)}`,
    );
    const [first, second] = ["1", "2"].map((name) => steps.indexOf(`unlink _journal/${name}`));
    expect(steps.slice(first, second)).toContain("sync _journal");
  });

  test("is synced to files before it goes, whatever is asked of later writes", async () => {
    const root = await leftBehind(segmentOf(putting("a")));
    const observed = new ObservedOperations();
    const disk = diskOver(observed.operations);
    const backend = await openFsBackend({ root, durability: "process" }, disk);
    const steps = observed.steps.map(
      ({ operation, path }) => `${operation} ${relative(root, path)}`,
    );
    const synced = steps.slice(0, steps.indexOf("unlink _journal/1"));
    expect(synced).toEqual(expect.arrayContaining(["sync _tmp/0", "sync Pod/default"]));
    observed.arm();
    await backend.apply("yaml", podManifest("b"));
    expect(observed.steps.map(({ operation }) => operation)).not.toContain("sync");
    expect(observed.steps.map(({ operation }) => operation)).not.toContain("syncData");
    await backend.close();
  });

  test("that cannot be written has nothing more under way once the open has failed", async () => {
    const names = Array.from({ length: 300 }, (_, index) => `n${index}`);
    const root = await leftBehind(segmentOf(...names.map((name) => putting(name))));
    const observed = new ObservedOperations();
    observed.arm({ at: "rename", errno: "ENOSPC" });
    expect((await failureOf(openOver(root, observed.operations))).code).toBe("no_space");
    const files = readdirSync(join(root, "Pod/default"));
    expect(files.filter((file) => file.startsWith("n"))).toHaveLength(299);
    expect(readdirSync(join(root, "_journal"))).toEqual(["1"]);
  });

  test("has files removed before others are written: on a full disk that makes room", async () => {
    const root = await leftBehind(segmentOf(putting("a"), removing("old")));
    let isFull = true;
    const operations: FileOperations = {
      ...fileOperations,
      async create(path) {
        if (isFull && path.includes("/_tmp/"))
          throw Object.assign(new Error("injected"), { code: "ENOSPC" });
        return fileOperations.create(path);
      },
      async unlink(path) {
        await fileOperations.unlink(path);
        if (path.endsWith(pathOf("old"))) isFull = false;
      },
    };
    const backend = await openOver(root, operations);
    expect(backend.resourceCount()).toBe(1);
    expect(existsSync(join(root, pathOf("a")))).toBe(true);
  });

  test("that cannot be written says that its writes wait", async () => {
    const root = await leftBehind(segmentOf(putting("a")));
    const observed = new ObservedOperations();
    observed.arm({ at: "rename", errno: "ENOSPC" });
    const failure = await failureOf(openOver(root, observed.operations));
    expect(failure).toMatchObject({ code: "no_space", outcome: "none" });
    expect(failure.reason).toContain(
      `writes that ${join(root, "_journal")} has acknowledged wait for their files: cannot write `,
    );
    expect(failure.reason).toMatch(/; what else lies there must make room, and an open goes on$/);
  });

  test("with somebody's file in it refuses to open", async () => {
    const root = await leftBehind(segmentOf(putting("a")));
    appendFileSync(join(root, "_journal/notes"), "mine");
    expect((await failureOf(open(root))).code).toBe("conflict");
  });
});

test("a write is acknowledged by one append, and its file follows by itself", async () => {
  const root = makeDirectory();
  const observed = new ObservedOperations();
  const backend = await openFsBackend({ root, journal: true }, diskOver(observed.operations));
  await backend.apply("yaml", podManifest("first"));
  observed.arm();
  await backend.apply("yaml", podManifest("nginx"));
  const steps = observed.steps.map(({ operation }) => operation);
  expect(steps).toEqual(["openToWrite", "writeAt", "syncData", "close"]);
  await expect.poll(() => existsSync(join(root, pathOf("nginx")))).toBe(true);
  const written = { pending: 0, pendingBytes: 0, problem: null };
  await expect.poll(() => backend.diagnostics()["journal"]).toEqual(written);
  const commits = { batches: 2, changes: 2, largestBatch: 1 };
  expect(backend.diagnostics()["commits"]).toMatchObject(commits);
  await backend.close();
  expect(existsSync(join(root, "_journal"))).toBe(false);
});

test("an append that finds no room is cut off, and what comes later is kept", async () => {
  const root = makeDirectory();
  const observed = new ObservedOperations();
  const backend = await openFsBackend({ root, journal: true }, diskOver(observed.operations));
  await backend.apply("yaml", podManifest("a"));
  observed.arm({ at: "writeAt", errno: "ENOSPC", isDone: true });
  const failure = await failureOf(backend.apply("yaml", podManifest("b")));
  expect(failure).toMatchObject({ code: "no_space", outcome: "none" });
  // For good: a loss of power would bring back what was refused.
  const steps = observed.steps.map(({ operation }) => operation);
  expect(steps).toEqual(["openToWrite", "writeAt", "truncate", "sync", "close"]);
  await backend.apply("yaml", podManifest("c"));
  const state = await stateOf(backend);
  const copy = join(makeDirectory(), "copy");
  cpSync(root, copy, { recursive: true });
  expect(await stateOf(await open(copy))).toBe(state);
  await backend.close();
});

describe("with timers that do not fire", () => {
  /** Five of them are more than files may be behind. */
  const large = (name: string): Change => ({
    put: { path: pathOf(name), bytes: new Uint8Array(15 * 1024 * 1024) },
    removes: [],
  });

  /** A journal of a tree that is not fsynced. */
  function openJournal(operations: FileOperations = fileOperations): {
    readonly root: string;
    readonly journal: Journal;
  } {
    vi.useFakeTimers({ toFake: ["setTimeout"] });
    onTestFinished(() => void vi.useRealTimers());
    const root = makeDirectory();
    const tree = new DurableTree(root, diskOver(operations), false);
    return { root, journal: new Journal(tree) };
  }

  test("writers that wait for the files have them written: a timer keeps no process", async () => {
    const { root, journal } = openJournal();
    for (const name of ["a", "b", "c", "d", "e", "f"]) await journal.commit(large(name));
    expect(existsSync(join(root, pathOf("a")))).toBe(true);
    await journal.close();
  });

  test("and once more if too much has come together meanwhile", async () => {
    const gate = Promise.withResolvers<void>();
    const { journal } = openJournal({
      ...fileOperations,
      async rename(from, to) {
        if (to.endsWith(pathOf("a"))) await gate.promise;
        await fileOperations.rename(from, to);
      },
    });
    const acknowledged = ["a", "b", "c", "d", "e", "f"].map((name) => journal.commit(large(name)));
    const drained = journal.drain();
    await Promise.all(acknowledged);
    const late = journal.commit(large("g"));
    gate.resolve();
    await expect(late).resolves.toBeUndefined();
    await drained;
    await journal.close();
  });

  test("one name that is written again and again makes segments that can be read", async () => {
    const { root, journal } = openJournal();
    for (let count = 0; count < 6; count++) await journal.commit(large("a"));
    expect(readdirSync(join(root, "_journal")).sort()).toEqual(["1", "2"]);
    await journal.close();
    expect(existsSync(join(root, "_journal"))).toBe(false);
  });
});

test("a write that needs files which cannot be written is refused, and has done nothing", async () => {
  const root = makeDirectory();
  const observed = new ObservedOperations();
  const backend = await openFsBackend({ root, journal: true }, diskOver(observed.operations));
  await backend.apply("yaml", podManifest("a"));
  observed.arm({ at: "rename", errno: "EIO", isDone: true });
  const failure = await failureOf(backend.restore(new Uint8Array([0x80])));
  expect(failure).toMatchObject({ code: "unavailable", outcome: "none" });
  expect(failure.reason).toContain("the files of writes in the journal cannot be written");
  expect(backend.resourceCount()).toBe(1);
  await backend.restore(new Uint8Array([0x80]));
  await backend.close();
  expect(await namesIn(root)).toEqual([]);
});

test("a restore is not undone by what the journal had before it", async () => {
  const root = makeDirectory();
  const backend = await open(root, { journal: true });
  await backend.apply("yaml", podManifest("gone"));
  await backend.restore(new Uint8Array([0x80]));
  await backend.close();
  expect(await namesIn(root)).toEqual([]);
});

test("a journal without fsync is refused", async () => {
  await expect(open(makeDirectory(), { journal: true, durability: "process" })).rejects.toThrow(
    TypeError,
  );
});
