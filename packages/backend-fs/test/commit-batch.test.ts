/** What becomes of the other changes of a batch when one of them cannot be made. */

import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { type Change, commitBatch } from "../src/commit/commit-batch.ts";
import { inProcessRunner } from "../src/commit/job-runners.ts";
import { fileOperations, type FileOperations } from "../src/file-operations.ts";
import { makeDirectory } from "./support.ts";

const changes: readonly Change[] = [
  { removes: ["a/gone"] },
  { put: { path: "a/first", bytes: Buffer.from("1") }, removes: [] },
  { removes: ["b/gone"] },
  { put: { path: "b/second", bytes: Buffer.from("2") }, removes: [] },
  { put: { path: "a/third", bytes: Buffer.from("3") }, removes: [] },
];

/** Files under construction are called 0, 1 and so on, in the order of the changes. */
async function commit(failing: (operations: FileOperations) => Partial<FileOperations>) {
  const root = makeDirectory();
  await fileOperations.makeDirectory(`${root}/_tmp`, 0o777);
  const operations = { ...fileOperations, ...failing(fileOperations) };
  const runner = inProcessRunner({ root, syncs: true }, operations);
  let number = 0;
  const result = await commitBatch(runner, changes, new Set(), () => `_tmp/${number++}`);
  const made = ["a", "b"].flatMap((directory) => {
    return readdirSync(`${root}/${directory}`).map((name) => `${directory}/${name}`);
  });
  const texts = made.map((path) => `${path} ${readFileSync(`${root}/${path}`, "utf8")}`);
  return { ...result, made: texts.sort(), left: readdirSync(`${root}/_tmp`) };
}

function failure(code: string): Promise<never> {
  return Promise.reject(Object.assign(new Error(code), { code }));
}

test.each<[phase: string, (operations: FileOperations) => Partial<FileOperations>]>([
  [
    "looked at",
    ({ look }) => ({
      look: (path) => (path.endsWith("b/second") ? failure("EACCES") : look(path)),
    }),
  ],
  [
    "written",
    ({ create }) => ({
      create: (path) => (path.endsWith("_tmp/1") ? failure("EACCES") : create(path)),
    }),
  ],
  [
    "put in its place",
    ({ rename }) => ({
      rename: (from, to) => (to.endsWith("b/second") ? failure("EACCES") : rename(from, to)),
    }),
  ],
])("one that cannot be %s fails alone and leaves nothing", async (_, failing) => {
  const { problems, failure: fatal, made, left } = await commit(failing);
  expect(fatal).toBeUndefined();
  expect(problems.map((problem) => problem?.errno)).toEqual([
    undefined,
    undefined,
    undefined,
    "EACCES",
    undefined,
  ]);
  expect(made).toEqual(["a/first 1", "a/third 3"]);
  expect(left).toEqual([]);
});

test("none is put in its place once an fsync has failed", async () => {
  const { failure: fatal, made } = await commit(({ sync }) => ({
    sync: (file) => (file.path.endsWith("_tmp/1") ? failure("EIO") : sync(file)),
  }));
  expect(fatal).toMatchObject({ errno: "EIO", isSync: true });
  expect(made).toEqual([]);
});
