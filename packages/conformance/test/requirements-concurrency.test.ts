/** The CONC chapter: sound backends pass it, and each requirement has a bug that hardly anything else finds. */

import { createInMemoryBackend } from "@engenho/sdk";
import { describe, expect, test } from "vitest";
import type { Subject } from "../src/harness/subject.ts";
import { concurrencyRequirements } from "../src/requirements/concurrency/index.ts";
import { requirements } from "../src/requirements/index.ts";
import { withBug } from "./support/broken-backend.ts";
import { concurrencyBugs, slow } from "./support/concurrency-bugs.ts";
import { durableMemory } from "./support/durable-memory.ts";
import { judge } from "./support/fake-backend.ts";
import { sharedMemory } from "./support/shared-memory.ts";

const inMemory: Subject = { name: "in-memory", open: () => createInMemoryBackend() };

describe("sound backends pass everything that applies to them", () => {
  const slowly: Subject = { name: "slow", open: async () => slow(await createInMemoryBackend()) };
  const withoutPromises: Subject = {
    name: "read-your-writes, no preconditions",
    open: () =>
      createInMemoryBackend({ capabilities: { reads: "read-your-writes", preconditions: [] } }),
  };
  test.each([inMemory, slowly, durableMemory(), sharedMemory("itself"), withoutPromises])(
    "$name",
    async (subject) => {
      const { requirements: judged } = await judge(concurrencyRequirements, subject);
      expect(judged.filter(({ status }) => status !== "passed")).toEqual([]);
      expect(judged.length).toBeGreaterThan(4);
    },
  );
});

test("ids are counted from 001 without a gap, and no title stands twice", () => {
  const ids = concurrencyRequirements.map((_, index) => `CONC-${`${index + 1}`.padStart(3, "0")}`);
  expect(concurrencyRequirements.map(({ id }) => id)).toEqual(ids);
  expect(new Set(concurrencyRequirements.map(({ title }) => title)).size).toBe(ids.length);
});

test("every requirement has a bug that it finds", () => {
  const found = new Set(concurrencyBugs.map(([id]) => id));
  expect([...found].sort()).toEqual(concurrencyRequirements.map(({ id }) => id));
});

/** The whole suite in CI; else this chapter and the requirements that are about the same. */
const others =
  process.env["CI"] === "true" ? undefined : "/^CONC|^CORE-(04|05|08)|^WATCH-01|^SNAP-01[1257]/";

describe.each(concurrencyBugs)("%s finds a backend that %s", (id, _, message, bug) => {
  test("and nothing else does", async () => {
    const subject: Subject = {
      name: "broken",
      open: async () => withBug(await createInMemoryBackend(), bug),
    };
    const report = await judge(requirements, subject, { filter: others });
    // Random histories may come upon what another requirement tries on purpose.
    const failed = report.requirements.filter(
      (each) => each.status !== "passed" && (each.id === id || each.id !== "CONC-001"),
    );
    expect(failed.map((each) => `${each.id} ${each.message}`)).toEqual([
      expect.stringMatching(new RegExp(`^${id} `)),
    ]);
    expect(failed[0]?.message).toMatch(message);
  });
});
