/** More files and directories than a function takes arguments. */

import { expect, test, vi } from "vitest";
import { inProcessRunner } from "../src/commit/job-runners.ts";
import { runJobs } from "../src/commit/run-job.ts";
import { DurableTree } from "../src/durable-tree.ts";
import { KnownFiles } from "../src/external/known-files.ts";
import type * as looking from "../src/external/look-at-file.ts";
import { type LookReport, TreeLooks } from "../src/external/tree-looks.ts";
import { fileOperations, type FileOperations } from "../src/file-operations.ts";
import { walkTree } from "../src/load-tree.ts";
import type { Listing } from "../src/reading/listing.ts";
import { StoreIndex } from "../src/store-index.ts";
import { makeDirectory } from "./support.ts";

const many = 150_000;
const names: readonly string[] = Array.from({ length: many }, (_, number) => `n${number}`);
const nothing: Listing = { directories: [], files: [], links: [], others: [] };

/** On a busy machine. */
const slow = { timeout: 120_000 };

const looked = vi.hoisted(() => new Set<string>());

vi.mock("../src/external/look-at-file.ts", (): typeof looking => ({
  lookAtFile: async (_, path) => {
    looked.add(path);
    return "as-known";
  },
}));

/** A tree that has this at its top, and nothing below. */
function treeWith(listing: Partial<Listing>): DurableTree {
  return new DurableTree(
    makeDirectory(),
    {
      operations: fileOperations,
      makeRunner: (place) => ({
        ...inProcessRunner(place, fileOperations),
        list: async (directory) => (directory === "." ? { ...nothing, ...listing } : nothing),
      }),
    },
    false,
  );
}

test("are found in a directory", slow, async () => {
  const { root, reader } = treeWith({ directories: names });
  expect((await walkTree(root, reader)).directories.length).toBe(many);
});

test("are looked at where others write", slow, async () => {
  const tree = treeWith({ files: names.map((name) => `${name}.envelope`) });
  const report = vi.fn<(report: LookReport) => void>();
  const known = new KnownFiles(tree.root, new StoreIndex());
  const looks = new TreeLooks(tree, known, 3_600_000, report);
  await looks.begin();
  await looks.close();
  expect(looks.status).toMatchObject({ rescans: 1, lastError: null });
  expect(looked.size).toBe(many);
});

test("are made in one job", slow, async () => {
  const made = new Set<string>();
  const operations: FileOperations = {
    ...fileOperations,
    look: async (path) => (made.has(path) ? "a directory" : undefined),
    makeDirectory: async (path) => void made.add(path),
  };
  const paths = names.map((name) => `${name}/x.envelope`);
  const place = { root: makeDirectory(), syncs: false, operations };
  const [result] = await runJobs(place, [{ phase: "prepare", durable: [], items: [paths] }]);
  expect(result?.problems).toEqual([undefined]);
  expect(result?.durable.length).toBe(many);
});
