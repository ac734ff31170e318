/** Others add, change and remove files while the store is open: reads and watches follow them. */

import { cpSync, mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { encodeEnvelope, type StoreBackend, type WatchEvent } from "@engenho/sdk";
import { afterEach, describe, expect, onTestFinished, test, vi } from "vitest";
import type * as nodeFs from "node:fs";
import { createFsBackend, openFsReadOnly } from "../src/index.ts";
import { givenSeed, numbers } from "./random.ts";
import { failureOf, makeDirectory, open, podManifest, podRef, stateOf } from "./support.ts";

const kernel = vi.hoisted(() => ({ isDeaf: false }));

vi.mock("node:fs", async (importOriginal) => {
  const original = await importOriginal<typeof nodeFs>();
  const watch = (...args: Parameters<typeof original.watch>): nodeFs.FSWatcher => {
    if (kernel.isDeaf) throw Object.assign(new Error("no watches left"), { code: "ENOSPC" });
    return original.watch(...args);
  };
  return { ...original, watch };
});

afterEach(() => {
  kernel.isDeaf = false;
});

/** Longer than any test: what is seen is seen because the kernel told. */
const never = 3_600_000;

function openExternal(root: string, rescanMs: number = never): Promise<StoreBackend> {
  return open(root, { externalWrites: { rescanMs } });
}

function pathOf(root: string, name: string): string {
  return join(root, `Pod/default/${name}.envelope`);
}

/** Writes a resource as another program would: whole, by a rename. */
function putFile(root: string, name: string, note: string, at: string = name): void {
  const path = pathOf(root, at);
  mkdirSync(dirname(path), { recursive: true });
  const payload = podManifest(name, note);
  const temporary = join(root, `.${at}.tmp`);
  writeFileSync(temporary, encodeEnvelope({ ref: podRef(name), format: "yaml", payload }));
  renameSync(temporary, path);
}

/** Waits until an assertion holds; the test's time limit is the bound. */
function eventually(assertion: () => Promise<void> | void): Promise<void> {
  return vi.waitFor(assertion, { timeout: 15_000, interval: 10 });
}

/** The events of a watch behind its initial state, as `type name`. */
async function follow(backend: StoreBackend): Promise<string[]> {
  const watch = await backend.watch("Pod", undefined, "yaml");
  onTestFinished(() => watch.close());
  const told: string[] = [];
  const named = (event: WatchEvent): string =>
    "resource" in event ? `${event.type} ${event.resource.ref.name}` : event.type;
  void (async () => {
    for await (const event of watch) told.push(named(event));
  })();
  await eventually(() => expect(told).toContain("bookmark"));
  told.length = 0;
  return told;
}

/** The names of the Pods that a list shows. */
async function namesIn(backend: StoreBackend): Promise<readonly string[]> {
  return (await backend.list("Pod", undefined, "yaml")).items.map(({ ref }) => ref.name);
}

describe.each([
  ["as the kernel tells", false, never],
  ["by looking at everything, where the kernel tells nothing", true, 50],
])("%s", (_, isDeaf, rescanMs) => {
  test("what others add, change and remove becomes events", async () => {
    kernel.isDeaf = isDeaf;
    const root = makeDirectory();
    const backend = await openExternal(root, rescanMs);
    const told = await follow(backend);
    putFile(root, "a", "1");
    await eventually(() => expect(told).toEqual(["added a"]));
    const first = await backend.get(podRef("a"), "yaml");
    expect(first.body).toEqual(podManifest("a", "1"));
    putFile(root, "a", "2");
    await eventually(() => expect(told).toEqual(["added a", "modified a"]));
    const second = await backend.get(podRef("a"), "yaml");
    expect(second.body).toEqual(podManifest("a", "2"));
    expect(second.revision).not.toBe(first.revision);
    rmSync(pathOf(root, "a"));
    await eventually(() => expect(told).toEqual(["added a", "modified a", "deleted a"]));
    expect((await failureOf(backend.get(podRef("a"), "yaml"))).code).toBe("not_found");
  });

  test("directories that are moved in and out count with all that is in them", async () => {
    kernel.isDeaf = isDeaf;
    const root = makeDirectory();
    const aside = makeDirectory();
    for (const name of ["a", "b"]) putFile(aside, name, "1");
    const backend = await openExternal(root, rescanMs);
    renameSync(join(aside, "Pod"), join(root, "Pod"));
    await eventually(async () => expect(await namesIn(backend)).toEqual(["a", "b"]));
    putFile(root, "c", "1");
    await eventually(async () => expect(await namesIn(backend)).toEqual(["a", "b", "c"]));
    renameSync(join(root, "Pod"), join(aside, "Pod"));
    await eventually(async () => expect(await namesIn(backend)).toEqual([]));
  });
});

test("a directory with the name of another that is gone is heard of as that was", async () => {
  const root = makeDirectory();
  const aside = makeDirectory();
  putFile(root, "a", "1");
  const backend = await openExternal(root);
  renameSync(join(root, "Pod"), join(aside, "Pod"));
  putFile(root, "b", "1");
  await eventually(async () => expect(await namesIn(backend)).toEqual(["b"]));
  putFile(root, "c", "1");
  await eventually(async () => expect(await namesIn(backend)).toEqual(["b", "c"]));
});

test("what happens while the store is opened is not missed, nor what it writes itself told twice", async () => {
  const root = makeDirectory();
  const backend = await openExternal(root);
  const told = await follow(backend);
  await backend.apply("yaml", podManifest("own", "1"));
  await backend.apply("yaml", podManifest("own", "2"));
  putFile(root, "other", "1");
  await backend.delete(podRef("own"));
  await eventually(() => expect(told).toContain("added other"));
  expect(told.filter((event) => event.endsWith(" own"))).toEqual([
    "added own",
    "modified own",
    "deleted own",
  ]);
});

describe("a file that cannot be read", () => {
  test("is damage that names it, hides no other, and is mended by whoever writes it", async () => {
    const root = makeDirectory();
    const backend = await openExternal(root);
    for (const name of ["a", "b"]) await backend.apply("yaml", podManifest(name));
    writeFileSync(pathOf(root, "a"), "torn");
    await eventually(async () => {
      const failure = await failureOf(backend.get(podRef("a"), "yaml"));
      expect(failure.code).toBe("corrupt");
      expect(failure.message).toContain(pathOf(root, "a"));
    });
    expect(backend.diagnostics().damaged.map(({ where }) => where)).toEqual([pathOf(root, "a")]);
    expect((await backend.get(podRef("b"), "yaml")).body).toEqual(podManifest("b"));
    putFile(root, "a", "mended");
    await eventually(async () => {
      const { body } = await backend.get(podRef("a"), "yaml");
      expect(body).toEqual(podManifest("a", "mended"));
    });
    expect(backend.diagnostics().damaged).toEqual([]);
  });

  test("goes when it is removed", async () => {
    const root = makeDirectory();
    const backend = await openExternal(root);
    putFile(root, "a", "1");
    writeFileSync(pathOf(root, "b"), "torn");
    await eventually(() => expect(backend.diagnostics().counts.damaged).toBe(1));
    rmSync(pathOf(root, "b"));
    await eventually(async () => expect(await namesIn(backend)).toEqual(["a"]));
  });

  test("is repaired by apply", async () => {
    const root = makeDirectory();
    const backend = await openExternal(root);
    putFile(root, "a", "1");
    writeFileSync(pathOf(root, "a"), "torn");
    await eventually(() => expect(backend.diagnostics().counts.damaged).toBe(1));
    await backend.apply("yaml", podManifest("a", "2"));
    expect((await backend.get(podRef("a"), "yaml")).body).toEqual(podManifest("a", "2"));
  });
});

test("a copy of a resource under another name is two files for one, until one is gone", async () => {
  const root = makeDirectory();
  const backend = await openExternal(root);
  await backend.apply("yaml", podManifest("a"));
  cpSync(pathOf(root, "a"), pathOf(root, "copy"));
  await eventually(async () => {
    const failure = await failureOf(backend.get(podRef("a"), "yaml"));
    expect(failure.reason).toContain("several files hold this resource");
  });
  rmSync(pathOf(root, "copy"));
  await eventually(async () => expect(await namesIn(backend)).toEqual(["a"]));
});

test("a file that another resource takes over is one gone and one new", async () => {
  const root = makeDirectory();
  const backend = await openExternal(root);
  await backend.apply("yaml", podManifest("a"));
  putFile(root, "b", "1", "a");
  await eventually(async () => expect(await namesIn(backend)).toEqual(["b"]));
});

test("a symbolic link that takes a directory's place is not followed", async () => {
  const root = makeDirectory();
  const outside = makeDirectory();
  const backend = await openExternal(root);
  await backend.apply("yaml", podManifest("a"));
  renameSync(join(root, "Pod"), join(outside, "Pod"));
  putFile(outside, "secret", "1");
  symlinkSync(join(outside, "Pod"), join(root, "Pod"));
  await eventually(async () => expect(await namesIn(backend)).toEqual([]));
  expect(backend.resourceCount()).toBe(0);
});

test("claims what it can keep: no precondition is imitated", async () => {
  const backend = await openExternal(makeDirectory());
  expect(backend.capabilities).toMatchObject({
    externalWrites: true,
    preconditions: [],
    reads: "read-your-writes",
    sharing: "exclusive",
  });
  const create = backend.apply("yaml", podManifest("a"), { ifRevision: "absent" });
  expect((await failureOf(create)).code).toBe("unsupported");
});

test("a restore replaces what others have written", async () => {
  const root = makeDirectory();
  const backend = await openExternal(root);
  await backend.apply("yaml", podManifest("kept"));
  const snapshot = await backend.snapshot();
  putFile(root, "other", "1");
  await eventually(async () => expect(await namesIn(backend)).toEqual(["kept", "other"]));
  await backend.restore(snapshot);
  expect(await namesIn(backend)).toEqual(["kept"]);
  await backend.close();
  expect(await namesIn(await open(root))).toEqual(["kept"]);
});

const slow = { timeout: 120_000 };
const rounds = process.env["CI"] === undefined ? 4 : 30;

test(
  "whoever writes what at once, the store comes to what the files hold, and so does a watch",
  slow,
  async () => {
    for (let round = 0; round < rounds; round++) {
      const seed = givenSeed() + round;
      const pick = numbers(seed);
      const root = makeDirectory();
      const backend = await createFsBackend({ root, externalWrites: { rescanMs: never } });
      const copy = new Map<string, string>();
      const watch = await backend.watch("Pod", undefined, "yaml");
      void (async () => {
        for await (const event of watch) {
          if (event.type === "reset") copy.clear();
          if (!("resource" in event)) continue;
          const { ref, body } = event.resource;
          if (event.type === "deleted") copy.delete(ref.name);
          else copy.set(ref.name, new TextDecoder().decode(body));
        }
      })();
      const own: Promise<unknown>[] = [];
      for (let step = 0; step < 60; step++) {
        const name = `n${pick(4)}`;
        const action = pick(6);
        if (action < 2) own.push(backend.apply("yaml", podManifest(name, `own ${step}`)));
        else if (action === 2) own.push(backend.delete(podRef(name)).catch(() => undefined));
        else if (action < 5) putFile(root, name, `other ${step}`);
        else rmSync(pathOf(root, name), { force: true });
        if (pick(3) === 0) await new Promise((resolve) => setTimeout(resolve, pick(30)));
      }
      await Promise.all(own);
      await eventually(async () => {
        await using files = await openFsReadOnly({ root });
        expect(await stateOf(backend), `seed ${seed}`).toBe(await stateOf(files));
        const { items } = await backend.list("Pod", undefined, "yaml");
        const listed = items.map(({ ref, body }) => [ref.name, new TextDecoder().decode(body)]);
        expect(copy, `seed ${seed}`).toEqual(new Map(listed as [string, string][]));
      });
      await backend.close();
    }
  },
);
