/** Roots that the Rust implementation wrote, and roots of ours as it has read them: each life again, file by file. */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createInMemoryBackend, type StoreBackend } from "@engenho/sdk";
import { expect, test } from "vitest";
import { type FileTree, readTree, writeTree } from "../../../tools/rust-vectors/file-tree.ts";
import {
  lookAt,
  performOperations,
  type Sight,
  type StageVectors,
} from "../../../tools/rust-vectors/stages.ts";
import { loadBytes } from "../../../tools/rust-vectors/stored-bytes.ts";
import { failureOf, makeDirectory, open } from "./support.ts";

const { stages } = JSON.parse(
  readFileSync(new URL("vectors/rust-roots.json", import.meta.url), "utf8"),
) as StageVectors;
const faceName = "kubernetes";

// What long bytes are packed to is up to the Node that packs them: they are compared unpacked.
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");
const unpacked = (sight: Sight): object =>
  sight.body === undefined ? sight : { ...sight, body: hex(loadBytes(sight.body)) };
const files = (tree: FileTree): object =>
  Object.fromEntries(Object.entries(tree).map(([path, stored]) => [path, hex(loadBytes(stored))]));
const snapshotOf = (backend: StoreBackend): Promise<string> =>
  backend.snapshot().then(hex, async (error: unknown) => {
    const { code } = await failureOf(Promise.reject(error));
    return code;
  });

function rootOf(tree: FileTree): string {
  const root = join(makeDirectory(), "root");
  writeTree(root, tree);
  return root;
}

// What is left has been read by Rust. Where it differs, Rust must judge it again: npm run rust-vectors.
test.each(stages.filter(({ refused }) => refused === undefined))("$id", async (stage) => {
  const root = rootOf(stage.before);
  const backend = await open(root, { faceName });
  expect(backend.resourceCount()).toBe(stage.resourceCount);
  for (const sight of stage.sees) {
    expect(unpacked(await lookAt(backend, sight))).toEqual(unpacked(sight));
  }
  await performOperations(backend, stage.operations);
  const { snapshot } = stage;
  const wanted = snapshot === undefined ? "corrupt" : hex(loadBytes(snapshot));
  expect(await snapshotOf(backend)).toBe(wanted);
  await backend.close();
  expect(files(readTree(root))).toEqual(files(stage.after));
});

test.each(stages.filter(({ refused }) => refused !== undefined))(
  "$id: the root is refused and left as it is",
  async ({ before, refused, after }) => {
    const root = rootOf(before);
    expect(await failureOf(open(root, { faceName }))).toMatchObject({ code: refused });
    expect(files(readTree(root))).toEqual(files(after));
  },
);

test("every snapshot of these roots is one that another store restores", async () => {
  for (const { snapshot } of stages) {
    if (snapshot === undefined) continue;
    await using memory = await createInMemoryBackend();
    await memory.restore(loadBytes(snapshot));
    expect(hex(await memory.snapshot())).toBe(hex(loadBytes(snapshot)));
  }
});
