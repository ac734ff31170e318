/** What becomes of the other changes of a batch when one of them cannot be made. */

import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { basename, dirname } from "node:path";
import { describe, expect, test } from "vitest";
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
  const there = ["a", "b"].filter((directory) => existsSync(`${root}/${directory}`));
  const made = there.flatMap((directory) => {
    return readdirSync(`${root}/${directory}`).map((name) => `${directory}/${name}`);
  });
  const texts = made.map((path) => `${path} ${readFileSync(`${root}/${path}`, "utf8")}`);
  return { ...result, root, made: texts.sort(), left: readdirSync(`${root}/_tmp`) };
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

describe.each(["before it is opened", "after it was opened"])(
  "a directory that another process removes %s",
  (when) => {
    /** Removes `b` where it is needed, a number of times, and says what is made and fsynced. */
    function removing(times: number, order: string[] = []) {
      return (operations: FileOperations): Partial<FileOperations> => {
        let left = times;
        const remove = (directory: string): void => {
          if (left-- > 0) rmSync(directory, { recursive: true, force: true });
        };
        return {
          openDirectory: (path) => {
            if (when === "before it is opened" && path.endsWith("/b")) remove(path);
            return operations.openDirectory(path);
          },
          rename: (from, to) => {
            if (when === "after it was opened" && to.endsWith("/b/second")) remove(dirname(to));
            return operations.rename(from, to);
          },
          makeDirectory: (path, mode) => {
            order.push(`make ${basename(path)}`);
            return operations.makeDirectory(path, mode);
          },
          sync: (file) => {
            order.push(`sync ${basename(file.path)}`);
            return operations.sync(file);
          },
        };
      };
    }

    test("is made anew, and the root fsynced before the file is put there", async () => {
      const order: string[] = [];
      const { problems, failure: fatal, made, left, root } = await commit(removing(2, order));
      expect(fatal).toBeUndefined();
      expect(problems).toEqual(changes.map(() => undefined));
      expect(made).toEqual(["a/first 1", "a/third 3", "b/second 2"]);
      expect(left).toEqual([]);
      const behind = order.slice(order.lastIndexOf("make b"));
      expect(behind.slice(0, 2)).toEqual(["make b", `sync ${basename(root)}`]);
      expect(behind.at(-1)).toBe("sync b");
    });

    test("again and again is a problem of what belongs there alone, and nothing is done of it", async () => {
      const { problems, failure: fatal, made, left } = await commit(removing(Infinity));
      expect(fatal).toBeUndefined();
      const known = problems.filter((problem) => problem !== undefined);
      const gone = { errno: "ENOENT", outcome: "none" };
      expect(known).toMatchObject(known.map(() => gone));
      expect(problems[3]).toBeDefined();
      expect(made).toEqual(["a/first 1", "a/third 3"]);
      expect(left).toEqual([]);
    });
  },
);
