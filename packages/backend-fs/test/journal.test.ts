/** What the journal leaves when it is cut off, what it makes of that, and when files are there. */

import { appendFileSync, cpSync, existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { encodeEnvelope } from "@engenho/sdk";
import fc from "fast-check";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import type { Change } from "../src/commit/commit-batch.ts";
import { DurableTree } from "../src/durable-tree.ts";
import { type FileOperations, fileOperations } from "../src/file-operations.ts";
import { Journal } from "../src/journal/journal.ts";
import { decodeRecords, encodeRecord } from "../src/journal/journal-record.ts";
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

/** A closed store with `old` in a file, and these segments of a journal. */
async function leftBehind(...segments: (readonly Uint8Array[])[]): Promise<string> {
  const root = makeDirectory();
  const backend = await open(root);
  await backend.apply("yaml", podManifest("old"));
  await backend.close();
  mkdirSync(join(root, "_journal"));
  for (const [index, records] of segments.entries())
    writeFileSync(join(root, "_journal", String(index + 1)), Buffer.concat(records));
  return root;
}

async function namesIn(root: string): Promise<readonly string[]> {
  const backend = await open(root);
  const { items } = await backend.list("Pod", undefined, "yaml");
  await backend.close();
  return items.map(({ ref }) => ref.name);
}

test("records are read as they were written, up to the first that is not whole", () => {
  const change = fc.record({
    name: fc.string({ minLength: 1, maxLength: 3, unit: fc.constantFrom("a", "b", "ü") }),
    bytes: fc.uint8Array({ maxLength: 40 }),
    isRemoval: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(change, { maxLength: 5 }), fc.nat(), fc.boolean(), (drawn, at, isCut) => {
      const changes = drawn.map(({ name, bytes, isRemoval }): Change =>
        isRemoval
          ? removing(name)
          : { put: { path: pathOf(name), bytes, modified: at }, removes: [] },
      );
      const records = changes.map(encodeRecord);
      const whole = Buffer.concat(records);
      expect(decodeRecords(whole)).toEqual({ changes, isTorn: false });
      if (whole.length === 0) return;
      const place = at % whole.length;
      const harmed = isCut ? whole.subarray(0, place) : Buffer.from(whole);
      if (!isCut) harmed[place] = (harmed[place] ?? 0) ^ 1;
      let sound = 0;
      for (let end = 0; sound < records.length; sound++) {
        end += records[sound]?.length ?? 0;
        if (end > place) break;
      }
      expect(decodeRecords(harmed).changes).toEqual(changes.slice(0, sound));
    }),
  );
});

describe("a journal that was left behind", () => {
  test("is written to files before anything is served, the last change counting", async () => {
    const root = await leftBehind(
      [putting("a", "1"), putting("b")].map(encodeRecord),
      [putting("a", "2"), removing("b"), removing("old")].map(encodeRecord),
    );
    const backend = await open(root);
    const { body, revision } = await backend.get(podRef("a"), "yaml");
    expect(body).toEqual(podManifest("a", "2"));
    expect(Number.parseInt(revision, 36)).toBe(1_800_000_000_000_000);
    expect(backend.resourceCount()).toBe(1);
    expect(existsSync(join(root, "_journal"))).toBe(false);
  });

  test("may end in an append that was cut off", async () => {
    const record = encodeRecord(putting("b"));
    const root = await leftBehind([
      encodeRecord(putting("a")),
      record.subarray(0, record.length - 3),
    ]);
    expect(await namesIn(root)).toEqual(["a", "old"]);
  });

  test.each([
    ["has a damaged record before the last segment", encodeRecord(putting("a")).fill(0, 20, 24)],
    ["leads out of the root", encodeRecord({ removes: ["../../x.envelope"] })],
    ["names the store's own files", encodeRecord({ removes: ["_restore/x.envelope"] })],
  ])("that %s refuses to open and keeps everything", async (_, record) => {
    const root = await leftBehind([record], [encodeRecord(putting("b"))]);
    expect((await failureOf(open(root))).code).toBe("corrupt");
    expect(readdirSync(join(root, "_journal"))).toEqual(["1", "2"]);
  });

  test("that cannot be written has nothing more under way once the open has failed", async () => {
    const names = Array.from({ length: 300 }, (_, index) => `n${index}`);
    const root = await leftBehind(names.map((name) => encodeRecord(putting(name))));
    const observed = new ObservedOperations();
    observed.arm({ at: "rename", errno: "ENOSPC" });
    expect((await failureOf(openOver(root, observed.operations))).code).toBe("no_space");
    const files = readdirSync(join(root, "Pod/default"));
    expect(files.filter((file) => file.startsWith("n"))).toHaveLength(299);
    expect(readdirSync(join(root, "_journal"))).toEqual(["1"]);
  });

  test("with somebody's file in it refuses to open", async () => {
    const root = await leftBehind([encodeRecord(putting("a"))]);
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
  expect(steps).toEqual(["openToWrite", "writeAt", "sync", "close"]);
  await vi.waitFor(() => expect(existsSync(join(root, pathOf("nginx")))).toBe(true));
  await vi.waitFor(() =>
    expect(backend.diagnostics()["journal"]).toEqual({
      pending: 0,
      pendingBytes: 0,
      problem: null,
    }),
  );
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
