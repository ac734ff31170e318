/** Verbs in the states of a store: each requirement has a bug that it finds, and that nothing else finds. */

import { describe, expect, test } from "vitest";
import { requirements } from "../src/requirements/index.ts";
import { judge } from "./support/fake-backend.ts";
import { durableMemory } from "./support/durable-memory.ts";
import { lifecycleBugs } from "./support/lifecycle-bugs.ts";
import { sharedMemory } from "./support/shared-memory.ts";

test("a sound subject that can fail passes every requirement that applies", async () => {
  const report = await judge(requirements, durableMemory());
  expect(report.requirements.filter(({ status }) => status !== "passed")).toEqual([]);
  const judged = new Set(report.requirements.map(({ id }) => id));
  for (const [id] of lifecycleBugs) expect(judged).toContain(id);
});

test("a subject that cannot fail is not judged by what follows a failure, and is conformant", async () => {
  const { fail: _, ...subject } = durableMemory();
  const { profiles, requirements: judged, notApplicable } = await judge(requirements, subject);
  const ids = new Set(judged.map(({ id }) => id));
  for (const id of ["CORE-114", "CORE-115", "CORE-116", "WATCH-036"]) expect(ids).not.toContain(id);
  expect(notApplicable).toBe(requirements.length - judged.length);
  expect(profiles).toMatchObject({ core: { result: "conformant", skipped: 0 } });
});

/** The whole suite in CI; else the requirements that open, close and count, which a bug of these could fail too. */
const others =
  process.env["CI"] === "true" ? undefined : "/^CORE-(00|01|02|055|06|08|1)|^WATCH-(02|03[0136])/";

describe.each(lifecycleBugs)("%s finds a backend that %s", (id, _, message, subject) => {
  test("and nothing else does", async () => {
    const report = await judge(requirements, subject(), { filter: others });
    const failed = report.requirements.filter(({ status }) => status !== "passed");
    expect(failed.map((each) => `${each.id} ${each.message}`)).toEqual([
      expect.stringMatching(new RegExp(`^${id} `)),
    ]);
    expect(failed[0]?.message).toMatch(message);
  });
});

describe("a store that several handles have open", () => {
  const about = { filter: "/CORE-(018|020|113)/" };

  test("is sound where each closes itself alone", async () => {
    const { requirements: judged } = await judge(requirements, sharedMemory("itself"), about);
    expect(judged.map(({ id, status }) => `${id} ${status}`)).toEqual([
      ...["CORE-018 passed", "CORE-020 passed", "CORE-113 passed"],
    ]);
  });

  test("fails CORE-113 where one closes them all", async () => {
    const { requirements: judged } = await judge(requirements, sharedMemory("everything"), about);
    expect(judged.filter(({ status }) => status !== "passed")).toEqual([
      expect.objectContaining({
        id: "CORE-113",
        message: expect.stringMatching(/^\[closed\] in-memory: apply/),
      }),
    ]);
  });
});
