/** A store opened for reading only: another process may have it, and nothing at all is changed. */

import { execFileSync } from "node:child_process";
import { lstatSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { StoreBackend } from "@engenho/sdk";
import { expect, onTestFinished, test } from "vitest";
import { openFsReadOnly } from "../src/index.ts";
import { mountFilesystem } from "./mounted-filesystem.ts";
import { failureOf, makeDirectory, open, podManifest, podRef, stateOf } from "./support.ts";

async function inspect(root: string): Promise<StoreBackend> {
  const backend = await openFsReadOnly({ root });
  onTestFinished(() => backend.close());
  return backend;
}

/** Everything below a directory, with the times of its last changes. */
function listing(root: string): readonly string[] {
  const paths = ["", ...readdirSync(root, { recursive: true, encoding: "utf8" })];
  return paths.map((path) => {
    const { ino, size, mtimeNs, ctimeNs } = lstatSync(join(root, path), { bigint: true });
    return `${path} ${ino} ${size} ${mtimeNs} ${ctimeNs}`;
  });
}

test("shows a store that is open elsewhere as it was then", async () => {
  const root = makeDirectory();
  const writer = await open(root, { faceName: "kubernetes" });
  for (const name of ["a", "b"]) await writer.apply("yaml", podManifest(name));
  const before = listing(root);
  const reader = await inspect(root);
  expect(await stateOf(reader)).toBe(await stateOf(writer));
  expect((await reader.get(podRef("a"), "yaml")).body).toEqual(podManifest("a"));
  expect(reader.diagnostics()).toMatchObject({
    root,
    faceName: "kubernetes",
    restoreUnderWay: false,
  });
  await reader.close();
  expect(listing(root)).toEqual(before);
  await writer.delete(podRef("a"));
});

test("refuses every verb that it does not claim, and changes nothing", async () => {
  const root = makeDirectory();
  const writer = await open(root);
  await writer.apply("yaml", podManifest("a"));
  const snapshot = await writer.snapshot();
  await writer.close();
  const before = listing(root);
  const reader = await inspect(root);
  expect(reader.capabilities.verbs).toEqual(["get", "list", "snapshot"]);
  const refused = [
    reader.apply("yaml", podManifest("b")),
    reader.delete(podRef("a")),
    reader.restore(snapshot),
    reader.watch("Pod", undefined, "yaml"),
  ];
  for (const verb of refused) expect(await failureOf(verb)).toMatchObject({ code: "unsupported" });
  await reader.close();
  expect(listing(root)).toEqual(before);
});

test("opens where nothing can be written", async ({ skip }) => {
  const root = await mountFilesystem("tmpfs", skip);
  const writer = await open(root, { durability: "process" });
  await writer.apply("yaml", podManifest("a"));
  await writer.close();
  execFileSync("mount", ["-o", "remount,ro", root]);
  expect((await failureOf(open(root))).code).toBe("permission_denied");
  expect((await inspect(root)).resourceCount()).toBe(1);
});

test("says what is damaged, and shows the rest", async () => {
  const root = makeDirectory();
  const writer = await open(root);
  for (const name of ["a", "b"]) await writer.apply("yaml", podManifest(name));
  await writer.close();
  const path = join(root, "Pod/default/a.envelope");
  writeFileSync(path, "torn");
  const reader = await inspect(root);
  expect(reader.diagnostics().damaged.map(({ where }) => where)).toEqual([path]);
  expect((await failureOf(reader.get(podRef("a"), "yaml"))).code).toBe("corrupt");
  expect((await reader.get(podRef("b"), "yaml")).body).toEqual(podManifest("b"));
});

test("says that a restore was decided and is not carried out", async () => {
  const root = makeDirectory();
  await (await open(root)).close();
  mkdirSync(join(root, "_restore"));
  writeFileSync(join(root, "_restore/intent.json"), '{"version":1,"put":[],"remove":[]}');
  expect((await inspect(root)).diagnostics()["restoreUnderWay"]).toBe(true);
});

test("says that a journal has writes whose files may not be there yet", async () => {
  const root = makeDirectory();
  await (await open(root)).close();
  expect((await inspect(root)).diagnostics()["journalUnderWay"]).toBe(false);
  mkdirSync(join(root, "_journal"));
  writeFileSync(join(root, "_journal/1"), "");
  expect((await inspect(root)).diagnostics()["journalUnderWay"]).toBe(true);
});

test("where there is no store there is none to read", async () => {
  const directory = makeDirectory();
  for (const root of [directory, join(directory, "missing")]) {
    expect(await failureOf(openFsReadOnly({ root }))).toMatchObject({
      code: "not_found",
      verb: "open",
    });
  }
  expect(readdirSync(directory)).toEqual([]);
  await expect(openFsReadOnly({ root: "" })).rejects.toBeInstanceOf(TypeError);
});

test("progress is told: what was found, each thousand, and the end", async () => {
  const root = makeDirectory();
  const writer = await open(root);
  await writer.apply("yaml", podManifest("a"));
  await writer.close();
  const directory = join(root, "ConfigMap/default");
  mkdirSync(directory, { recursive: true });
  for (let number = 0; number < 2_100; number++)
    writeFileSync(join(directory, `${number}.envelope`), "");
  const steps = [0, 1_000, 2_000, 2_101].map((read) => ({ found: 2_101, read }));
  const told: unknown[] = [];
  const onProgress = (progress: unknown): number => told.push(progress);
  await (await openFsReadOnly({ root, onProgress })).close();
  expect(told).toEqual(steps);
  await (await open(root, { onProgress })).close();
  expect(told).toEqual([...steps, ...steps]);
});
