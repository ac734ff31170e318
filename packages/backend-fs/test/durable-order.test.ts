/** What reaches the disk in which order, before a write is acknowledged. */

import { mkdirSync, rmSync } from "node:fs";
import { join, relative } from "node:path";
import { describe, expect, test } from "vitest";
import { ObservedOperations } from "./observed-operations.ts";
import { openFsBackend } from "../src/open-fs-backend.ts";
import { diskOver, makeDirectory, openOver, podManifest, podRef } from "./support.ts";

async function observedStore() {
  const root = makeDirectory();
  const observed = new ObservedOperations();
  const backend = await openOver(root, observed.operations);
  const readable = (): string[] =>
    observed.steps
      .filter(({ operation }) => operation !== "openDirectory" && operation !== "close")
      .map(({ operation, path, to }) =>
        [
          operation,
          relative(root, path) || ".",
          ...(to === undefined ? [] : [relative(root, to)]),
        ].join(" "),
      );
  return { root, backend, observed, readable };
}

test("diagnostics count every fsync, whatever it was for", async () => {
  const { root, backend, observed } = await observedStore();
  await backend.close();
  observed.arm();
  const again = await openOver(root, observed.operations);
  await again.apply("yaml", podManifest("nginx"));
  await again.restore(await again.snapshot());
  const made = observed.steps.filter(({ operation }) => operation === "sync").length;
  expect(again.diagnostics()["commits"]).toMatchObject({ syncs: made });
});

describe("the order of a write", () => {
  test("apply: the file's fsync before the rename, the directory's after, all before it resolves", async () => {
    const { backend, observed, readable } = await observedStore();
    await backend.apply("yaml", podManifest("first"));
    observed.arm();
    await backend.apply("yaml", podManifest("nginx"));
    expect(readable()).toEqual([
      "create _tmp/1",
      "write _tmp/1",
      "setModified _tmp/1",
      "sync _tmp/1",
      "rename _tmp/1 Pod/default/nginx.envelope",
      "sync Pod/default",
    ]);
  });

  test("applies at once: every file on its way before the first fsync, every fsync before the first rename", async () => {
    const { backend, observed, readable } = await observedStore();
    await backend.apply("yaml", podManifest("first"));
    observed.arm();
    const names = ["alone", "a", "b", "c"];
    await Promise.all(names.map((name) => backend.apply("yaml", podManifest(name))));
    const steps = readable();
    const company = steps.slice(steps.indexOf("create _tmp/2"));
    const files = ["_tmp/2", "_tmp/3", "_tmp/4"];
    expect(company).toEqual([
      ...files.flatMap((file) => [
        `create ${file}`,
        `truncate ${file}`,
        `openFile ${file}`,
        `write ${file}`,
        `setModified ${file}`,
      ]),
      ...files.map((file) => `sync ${file}`),
      "rename _tmp/2 Pod/default/a.envelope",
      "rename _tmp/3 Pod/default/b.envelope",
      "rename _tmp/4 Pod/default/c.envelope",
      "sync Pod/default",
    ]);
  });

  test("the first write into a directory fsyncs the directory's own entry first", async () => {
    const { backend, observed, readable } = await observedStore();
    observed.arm();
    await backend.apply("yaml", podManifest("nginx"));
    expect(readable().slice(0, 9)).toEqual([
      "openFile _meta.json",
      "setModified _meta.json",
      "sync _meta.json",
      "makeDirectory Pod",
      "makeDirectory Pod/default",
      "makeDirectory _tmp",
      "sync .",
      "sync Pod",
      "create _tmp/0",
    ]);
    expect(readable().slice(-2)).toEqual([
      "rename _tmp/0 Pod/default/nginx.envelope",
      "sync Pod/default",
    ]);
  });

  test("where others write, a directory that one of them has made anew is fsynced in its parent", async () => {
    const root = makeDirectory();
    const observed = new ObservedOperations();
    const disk = diskOver(observed.operations);
    const backend = await openFsBackend({ root, externalWrites: true }, disk);
    await backend.apply("yaml", podManifest("first"));
    rmSync(join(root, "Pod/default"), { recursive: true });
    mkdirSync(join(root, "Pod/default"));
    observed.arm();
    await backend.apply("yaml", podManifest("nginx"));
    const synced = observed.steps
      .filter(({ operation }) => operation === "sync")
      .map(({ path }) => relative(root, path));
    expect(synced).toContain("Pod");
    await backend.close();
  });

  test("watchers learn of a write after the directory's fsync", async () => {
    const { backend, observed, readable } = await observedStore();
    const watch = await backend.watch("Pod", undefined, "yaml");
    const events = watch[Symbol.asyncIterator]();
    await events.next(); // the bookmark
    observed.arm();
    const event = events.next().then(({ value }) => ({ value, steps: readable() }));
    await backend.apply("yaml", podManifest("nginx"));
    const { value, steps } = await event;
    expect(value).toMatchObject({ type: "added" });
    expect(steps.at(-1)).toBe("sync Pod/default");
  });

  test("delete: unlink, then the directory's fsync", async () => {
    const { backend, observed, readable } = await observedStore();
    await backend.apply("yaml", podManifest("nginx"));
    observed.arm();
    await backend.delete(podRef("nginx"));
    expect(readable()).toEqual(["unlink Pod/default/nginx.envelope", "sync Pod/default"]);
  });

  test("restore: everything staged and fsynced, then one rename, and the intent gone last", async () => {
    const { backend, observed, readable } = await observedStore();
    await backend.apply("yaml", podManifest("kept"));
    const snapshot = await backend.snapshot();
    await backend.apply("yaml", podManifest("extra"));
    observed.arm();
    await backend.restore(snapshot);
    expect(readable()).toEqual([
      "makeDirectory _restore",
      "create _restore/0",
      "write _restore/0",
      "setModified _restore/0",
      "sync _restore/0",
      "create _restore/intent.json.tmp",
      "write _restore/intent.json.tmp",
      "sync _restore/intent.json.tmp",
      "sync _restore",
      "sync .",
      "sync .",
      "rename _restore/intent.json.tmp _restore/intent.json",
      "sync _restore",
      "rename _restore/0 Pod/default/kept.envelope",
      "sync Pod/default",
      "unlink Pod/default/extra.envelope",
      "sync Pod/default",
      "unlink _restore/intent.json",
      "sync _restore",
      "removeTree _restore",
    ]);
  });
});
