import { createInMemoryBackend } from "@engenho/sdk";
import { describe, expect, test } from "vitest";
import { nextTurn } from "../src/harness/next-turn.ts";
import type { Subject } from "../src/harness/subject.ts";
import { snapshotRequirements } from "../src/requirements/snapshot/index.ts";
import { withBug } from "./support/broken-backend.ts";
import { type DriverBug, durableMemory, putAll } from "./support/durable-memory.ts";
import { expectFailure } from "./support/expect-failure.ts";
import { judge } from "./support/fake-backend.ts";
import { snapshotBugs } from "./support/snapshot-bugs.ts";

const inMemory: Subject = { name: "in-memory", open: () => createInMemoryBackend() };

describe("sound backends pass everything that applies to them", () => {
  test.each([inMemory, durableMemory()])("$name", async (subject) => {
    const { requirements } = await judge(snapshotRequirements, subject);
    expect(requirements.filter(({ status }) => status !== "passed")).toEqual([]);
  });

  test("every requirement applies to a durable one", async () => {
    const { requirements } = await judge(snapshotRequirements, durableMemory());
    expect(requirements.map(({ id }) => id)).toEqual(snapshotRequirements.map(({ id }) => id));
  });
});

test("ids are counted from 001 without a gap, and no title stands twice", () => {
  const ids = snapshotRequirements.map((_, index) => `SNAP-${String(index + 1).padStart(3, "0")}`);
  expect(snapshotRequirements.map(({ id }) => id)).toEqual(ids);
  expect(new Set(snapshotRequirements.map(({ title }) => title)).size).toBe(ids.length);
});

test("every requirement has a bug that it finds", () => {
  const elsewhere = ["SNAP-013", "SNAP-014"]; // below
  const found = new Set([...snapshotBugs.map(([id]) => id), ...elsewhere]);
  expect([...found].sort()).toEqual(snapshotRequirements.map(({ id }) => id));
});

test.each(snapshotBugs)("%s finds a backend that %s", async (id, _, message, bug) => {
  await expectFailure(snapshotRequirements, id, message, {
    name: "broken",
    open: async () => withBug(await createInMemoryBackend(), bug),
  });
});

test("SNAP-013 finds a store that a crash leaves between two states", async () => {
  const bug: DriverBug = (disk) => ({
    replaceAll: async (entries) => {
      disk.clear();
      for (let turn = 0; turn < 3; turn++) await nextTurn();
      putAll(disk, entries);
    },
  });
  await expectFailure(
    snapshotRequirements,
    "SNAP-013",
    /left a mixture/,
    durableMemory(undefined, bug),
  );
});

test("SNAP-014 finds a store that keeps a restore in memory", async () => {
  const bug: DriverBug = () => ({ replaceAll: async () => {} });
  await expectFailure(
    snapshotRequirements,
    "SNAP-014",
    /after a restore, opened anew/,
    durableMemory(undefined, bug),
  );
});
