/** Subjects that cannot fail owe nothing after a failure. */

import { expect, test } from "vitest";
import { durableMemory } from "../src/mutants/durable-memory.ts";
import { requirements } from "../src/requirements/index.ts";
import { judge } from "./support/fake-backend.ts";

test("a subject that cannot fail is not judged by what follows a failure, and is conformant", async () => {
  const { fail: _, ...subject } = durableMemory();
  const { profiles, requirements: judged, notApplicable } = await judge(requirements, subject);
  const ids = new Set(judged.map(({ id }) => id));
  for (const id of ["CORE-114", "CORE-115", "CORE-116", "WATCH-036"]) expect(ids).not.toContain(id);
  expect(notApplicable).toBe(requirements.length - judged.length);
  expect(profiles).toMatchObject({ core: { result: "conformant", skipped: 0 } });
});
