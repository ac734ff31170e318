import { createInMemoryBackend } from "@engenho/sdk";
import { describe, expect, test } from "vitest";
import { nextTurn } from "../src/harness/next-turn.ts";
import type { Subject } from "../src/harness/subject.ts";
import { watchRequirements } from "../src/requirements/watch/index.ts";
import { type Bug, distorting, withBug } from "./support/broken-backend.ts";
import { type DriverBug, durableMemory } from "./support/durable-memory.ts";
import { expectFailure } from "./support/expect-failure.ts";
import { judge } from "./support/fake-backend.ts";
import { hidesResets, watchBugs } from "./support/watch-bugs.ts";

const inMemory: Subject = { name: "in-memory", open: () => createInMemoryBackend() };

describe("sound backends pass everything that applies to them", () => {
  const withoutResume: Subject = {
    name: "without resume",
    open: () => createInMemoryBackend({ capabilities: { resume: false } }),
  };
  test.each([inMemory, durableMemory(), withoutResume])("$name", async (subject) => {
    const { requirements } = await judge(watchRequirements, subject);
    expect(requirements.filter(({ status }) => status !== "passed")).toEqual([]);
  });

  test("between them, every requirement applies to one", async () => {
    const reports = [
      await judge(watchRequirements, durableMemory()),
      await judge(watchRequirements, withoutResume),
    ];
    const judged = new Set(reports.flatMap(({ requirements }) => requirements.map(({ id }) => id)));
    expect([...judged].sort()).toEqual(watchRequirements.map(({ id }) => id));
  });
});

test("ids are counted from 001 without a gap, and no title stands twice", () => {
  const ids = watchRequirements.map((_, index) => `WATCH-${String(index + 1).padStart(3, "0")}`);
  expect(watchRequirements.map(({ id }) => id)).toEqual(ids);
  expect(new Set(watchRequirements.map(({ title }) => title)).size).toBe(ids.length);
});

test("every requirement has a bug that it finds", () => {
  const elsewhere = ["WATCH-018", "WATCH-030", "WATCH-031", "WATCH-036"]; // below, lifecycle.test.ts
  const found = new Set([...watchBugs.map(([id]) => id), ...elsewhere]);
  expect([...found].sort()).toEqual(watchRequirements.map(({ id }) => id));
});

test.each(watchBugs)("%s finds a backend that %s", async (id, _, message, bug) => {
  await expectFailure(watchRequirements, id, message, {
    name: "broken",
    open: async () => withBug(await createInMemoryBackend(), bug),
  });
});

test("WATCH-018 finds a backend that resumes although it says that it cannot", async () => {
  const bug: Bug = ({ capabilities }) => ({ capabilities: { ...capabilities, resume: false } });
  const open: Subject["open"] = async () => withBug(await createInMemoryBackend(), bug);
  await expectFailure(watchRequirements, "WATCH-018", /expected "reset", got "added"/, {
    name: "broken",
    open,
  });
});

test("WATCH-030 finds a backend that announces what is not yet stored", async () => {
  const bug: DriverBug = (disk) => ({
    put: async (entry) => {
      void nextTurn().then(() => disk.set(entry.ref.name, entry));
    },
  });
  await expectFailure(
    watchRequirements,
    "WATCH-030",
    /lost after its event/,
    durableMemory(undefined, bug),
  );
});

test("WATCH-031 finds a backend that takes cursors of before for the present", async () => {
  await expectFailure(
    watchRequirements,
    "WATCH-031",
    /what a reader holds after a reopen/,
    durableMemory(distorting(hidesResets)),
  );
});
