/** Backends' snapshots in files: from one backend into another, and nothing restored from a file that is not sound. */

import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { BackendError, createInMemoryBackend, type StoreBackend } from "@engenho/sdk";
import { CatalogSnapshot, loadSnapshot, saveSnapshot } from "@engenho/sdk/sealed";
import { StubBackend } from "@engenho/sdk/stub";
import { expect, onTestFinished, test } from "vitest";
import { seal } from "../../src/codec/sealed-file.ts";
import { failureOf, kindOf, makeDirectory } from "./support.ts";

async function openWith(...names: readonly string[]): Promise<StoreBackend> {
  const backend = await createInMemoryBackend();
  onTestFinished(() => backend.close());
  for (const name of names) {
    const manifest = `apiVersion: v1\nkind: Node\nmetadata: {name: ${name}}\n`;
    await backend.apply("yaml", new TextEncoder().encode(manifest));
  }
  return backend;
}

/** A file with three resources in it. */
async function savedFile(): Promise<string> {
  const path = join(makeDirectory(), "store.snap");
  await saveSnapshot(await openWith("a", "b", "c"), path);
  return path;
}

test("what one backend saved, another one loads", async () => {
  const source = await openWith("a", "b", "c");
  const path = join(makeDirectory(), "new/store.snap");
  await saveSnapshot(source, path);
  const target = await openWith("d");
  await loadSnapshot(target, path);
  expect(await target.snapshot()).toEqual(await source.snapshot());
  expect(new Uint8Array(readFileSync(path))).toEqual(seal("backend", await source.snapshot()));
});

test("equal states give equal files", async () => {
  const [a, b] = [await savedFile(), await savedFile()];
  expect(readFileSync(a)).toEqual(readFileSync(b));
});

test.each<[name: string, kind: string, damage: (file: Buffer) => Uint8Array]>([
  ["cut short", "truncated", (file) => file.subarray(0, -1)],
  ["changed", "hash_mismatch", (file) => Buffer.from(file).fill(0, 100, 101)],
  ["with more behind", "decode", (file) => Buffer.concat([file, Buffer.from("x")])],
  ["of another kind", "bad_magic", () => new CatalogSnapshot({}, 1n).encode()],
  ["without a seal", "bad_magic", (file) => file.subarray(68)],
  ["sealed but no snapshot", "decode", () => seal("backend", new Uint8Array([0x81, 0x00]))],
])("a file %s is %s, and the backend is not asked", async (_name, kind, damage) => {
  const path = await savedFile();
  writeFileSync(path, damage(readFileSync(path)));
  const backend = await openWith("d");
  const refused = Object.assign(Object.create(backend), {
    restore: () => Promise.reject(new Error("asked")),
  }) as StoreBackend;
  const failure = await failureOf(() => loadSnapshot(refused, path));
  expect(failure).toMatchObject({ kind, path });
  expect(backend.resourceCount()).toBe(1);
});

test("a catalog is not read from a backend's file", async () => {
  const path = await savedFile();
  const failure = await failureOf(() => CatalogSnapshot.loadFrom(path));
  expect(failure.message).toBe(
    `[bad_magic] ${path}: this is a backend snapshot, not a catalog snapshot: loadSnapshot reads it`,
  );
});

test("the backend's errors stay its own, and the old file stays as it is", async () => {
  const path = await savedFile();
  const before = readFileSync(path);
  const stub = new StubBackend("my-raft");
  for (const attempt of [saveSnapshot(stub, path), loadSnapshot(stub, path)]) {
    const error: unknown = await attempt.catch((reason: unknown) => reason);
    expect(BackendError.is(error, "unsupported")).toBe(true);
  }
  const aborted = { signal: AbortSignal.abort() };
  const backend = await openWith("d");
  for (const act of [saveSnapshot, loadSnapshot]) {
    const error: unknown = await act(backend, path, aborted).catch((reason: unknown) => reason);
    expect(BackendError.is(error, "aborted")).toBe(true);
  }
  expect(readFileSync(path)).toEqual(before);
});

test.each([[new Uint8Array([0xff])], ["text"], [undefined]])(
  "a backend that gives %s for a snapshot spoils no file",
  async (garbage) => {
    const path = await savedFile();
    const before = readFileSync(path);
    const broken = Object.assign(new StubBackend("broken"), {
      snapshot: () => Promise.resolve(garbage),
    }) as unknown as StoreBackend;
    const failure = await failureOf(() => saveSnapshot(broken, path));
    expect(failure).toMatchObject({ kind: "encode", path });
    expect(failure.message).toContain("what broken gave is not a snapshot");
    expect(readFileSync(path)).toEqual(before);
  },
);

test("a path that cannot be written to is io, and leaves nothing", async () => {
  const directory = makeDirectory();
  writeFileSync(join(directory, "file"), "");
  const path = join(directory, "file/store.snap");
  expect(await kindOf(async () => saveSnapshot(await openWith("a"), path))).toBe("io");
  expect(readdirSync(directory)).toEqual(["file"]);
});

test("arguments of a wrong type are TypeErrors", async () => {
  const backend = await openWith();
  for (const act of [saveSnapshot, loadSnapshot]) {
    await expect(act(backend, undefined as never)).rejects.toThrow(TypeError);
    await expect(act(undefined as never, "/tmp/x")).rejects.toThrow(TypeError);
  }
});
