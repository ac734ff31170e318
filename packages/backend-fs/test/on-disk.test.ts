/** What a person finds below the root after each verb, and what travels from here to other backends. */

import { readdirSync } from "node:fs";
import { join } from "node:path";
import { createInMemoryBackend, type StoreBackend } from "@engenho/sdk";
import { loadSnapshot, saveSnapshot } from "@engenho/sdk/sealed";
import { describe, expect, onTestFinished, test } from "vitest";
import { makeDirectory, open, podManifest, podRef, stateOf } from "./support.ts";

const clusterRole = new TextEncoder().encode(
  JSON.stringify({
    apiVersion: "rbac.authorization.k8s.io/v1",
    kind: "ClusterRole",
    metadata: { name: "admin" },
  }),
);

/** All files of resources below a root. */
function envelopes(root: string): string[] {
  const paths = readdirSync(root, { recursive: true, encoding: "utf8" });
  return paths.filter((path) => path.includes(".envelope")).sort();
}

async function openMemory(): Promise<StoreBackend> {
  const backend = await createInMemoryBackend();
  onTestFinished(() => backend.close());
  return backend;
}

describe("below the root", () => {
  test("apply makes the resource's file and leaves nothing beside it", async () => {
    const root = join(makeDirectory(), "new/store");
    const backend = await open(root);
    expect(backend.name).toBe("filesystem");
    expect(readdirSync(root).sort()).toEqual(["_lock", "_meta.json"]);
    await backend.apply("yaml", podManifest("nginx"));
    await backend.apply("json", clusterRole);
    await backend.close();
    expect(envelopes(root)).toEqual([
      "ClusterRole/_cluster/admin.envelope",
      "Pod/default/nginx.envelope",
    ]);
    expect(readdirSync(root).sort()).toEqual(["ClusterRole", "Pod", "_lock", "_meta.json"]);
  });

  test("delete removes that file", async () => {
    const root = makeDirectory();
    const backend = await open(root);
    for (const name of ["a", "b"]) await backend.apply("yaml", podManifest(name));
    await backend.delete(podRef("a"));
    expect(envelopes(root)).toEqual(["Pod/default/b.envelope"]);
    expect(backend.resourceCount()).toBe(1);
  });

  test("restore leaves the snapshot's files and no other", async () => {
    const root = makeDirectory();
    const backend = await open(root);
    await backend.apply("yaml", podManifest("keep"));
    const snapshot = await backend.snapshot();
    await backend.apply("yaml", podManifest("transient"));
    await backend.restore(snapshot);
    expect(envelopes(root)).toEqual(["Pod/default/keep.envelope"]);
  });

  test("a name that climbs out of the root makes nothing anywhere", async () => {
    const parent = makeDirectory();
    const backend = await open(join(parent, "store"));
    for (const name of ["../../escaped", "a/../../../escaped"]) {
      await expect(backend.apply("yaml", podManifest(name))).rejects.toMatchObject({
        code: "invalid_reference",
        message: expect.stringContaining("traversal"),
      });
    }
    expect(readdirSync(parent, { recursive: true, encoding: "utf8" }).sort()).toEqual([
      "store",
      "store/_lock",
      "store/_meta.json",
    ]);
  });
});

test("snapshots travel to a backend in memory and back, as bytes and as a file", async () => {
  const [root, directory] = [makeDirectory(), makeDirectory()];
  const source = await open(root);
  for (const name of ["a", "b", "c/d"]) await source.apply("yaml", podManifest(name));
  await source.apply("json", clusterRole);

  const memory = await openMemory();
  await memory.restore(await source.snapshot());
  expect(await stateOf(memory)).toBe(await stateOf(source));
  expect((await memory.get(podRef("a"), "yaml")).body).toEqual(podManifest("a"));

  const path = join(directory, "store.snap");
  await saveSnapshot(memory, path);
  const target = await open(join(directory, "target"));
  await target.apply("yaml", podManifest("other"));
  await loadSnapshot(target, path);
  expect(await stateOf(target)).toBe(await stateOf(source));
  expect(envelopes(join(directory, "target"))).toEqual(envelopes(root));
});
