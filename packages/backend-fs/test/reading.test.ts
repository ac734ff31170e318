/** Many files read by a thread, as one would read each by itself. */

import { randomBytes } from "node:crypto";
import { mkdirSync, symlinkSync, truncateSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { crc32 } from "node:zlib";
import { expect, onTestFinished, test } from "vitest";
import { inProcessRunner, threadRunner } from "../src/commit/job-runners.ts";
import { fileOperations } from "../src/file-operations.ts";
import { type UnpackedFile, unpackFiles } from "../src/reading/file-pack.ts";
import type { TreeReader } from "../src/reading/tree-reader.ts";
import { makeDirectory, open, podManifest, stateOf } from "./support.ts";

const place = (root: string) => ({ root, syncs: false });

const readers: readonly [name: string, make: (root: string) => TreeReader][] = [
  [
    "a thread",
    (root) => {
      const runner = threadRunner(place(root));
      onTestFinished(() => runner.close());
      return runner;
    },
  ],
  ["this thread", (root) => inProcessRunner(place(root), fileOperations)],
];

const limit = 3 * 1024 * 1024;

async function readAll(
  reader: TreeReader,
  directory: string,
  names: readonly string[],
): Promise<readonly UnpackedFile[]> {
  const files: UnpackedFile[] = [];
  while (files.length < names.length) {
    const some = unpackFiles(await reader.read(directory, names.slice(files.length), limit));
    expect(some).not.toHaveLength(0);
    files.push(...some);
  }
  return files;
}

test.each(readers)("%s reads files of every size, whatever is between them", async (_, make) => {
  const root = makeDirectory();
  mkdirSync(join(root, "a/b"), { recursive: true });
  const sizes = [0, 1, 255, 65_535, 65_536, 65_537, 1024 * 1024, limit, 3, 700_000, 700_000, 2];
  const contents = new Map(sizes.map((size, index) => [`${index}`, randomBytes(size)]));
  for (const [name, bytes] of contents) {
    writeFileSync(join(root, "a/b", name), bytes);
    utimesSync(join(root, "a/b", name), 1_000_000_000, 1_000_000_000.000_123_5);
  }
  const names = [...contents.keys()].flatMap((name) => [name, `no-${name}`]);
  const files = await readAll(make(root), "a/b", names);
  expect(files).toHaveLength(names.length);
  for (const [index, { bytes, modified, checksum, problem }] of files.entries()) {
    const expected = contents.get(names[index] ?? "");
    expect(problem?.errno).toBe(expected === undefined ? "ENOENT" : undefined);
    if (expected === undefined) continue;
    expect(Buffer.compare(bytes, expected)).toBe(0);
    expect({ modified, checksum }).toEqual({
      modified: 1_000_000_000_000_123,
      checksum: crc32(expected),
    });
  }
});

test.each(readers)("%s says what is no file, or more than it takes", async (_, make) => {
  const root = makeDirectory();
  mkdirSync(join(root, "directory"));
  symlinkSync("nowhere", join(root, "link"));
  writeFileSync(join(root, "large"), "");
  truncateSync(join(root, "large"), limit + 1);
  const files = await readAll(make(root), ".", ["directory", "link", "large"]);
  expect(files.map(({ problem }) => problem)).toMatchObject([
    { code: "conflict" },
    { errno: "ELOOP" },
    { code: "too_large" },
  ]);
});

test.each(readers)("%s lists names by what they stand for", async (_, make) => {
  const root = makeDirectory();
  const reader = make(root);
  const nothing = { directories: [], files: [], links: [], others: [] };
  expect(await reader.list(".")).toEqual(nothing);
  mkdirSync(join(root, "d"));
  symlinkSync("d", join(root, "l"));
  writeFileSync(join(root, "f"), "");
  const some = { directories: ["d"], files: ["f"], links: ["l"], others: [] };
  expect(await reader.list(".")).toEqual(some);
  expect(await reader.list("d")).toEqual(nothing);
  await expect(reader.list("e")).rejects.toMatchObject({ code: "ENOENT" });
});

test("a store of more files and bytes than come in one message opens with all of them", async () => {
  const root = makeDirectory();
  const first = await open(root, { durability: "process" });
  const text = "x".repeat(400_000);
  const manifests = Array.from({ length: 300 }, (_, index) => podManifest(`pod-${index}`));
  const large = Array.from({ length: 9 }, (_, index) =>
    Buffer.concat([podManifest(`large-${index}`), Buffer.from(`# ${index}${text}\n`)]),
  );
  await Promise.all([...manifests, ...large].map((body) => first.apply("yaml", body)));
  const before = await stateOf(first);
  await first.close();
  const again = await open(root);
  expect(again.resourceCount()).toBe(309);
  expect(await stateOf(again)).toBe(before);
});
