import { defaultCapabilities } from "@engenho/sdk";
import { expect, test } from "vitest";
import { notJudged } from "../src/harness/not-judged.ts";
import type { Subject } from "../src/harness/subject.ts";
import { requirements } from "../src/requirements/index.ts";
import { soundSubjects } from "../src/mutants/index.ts";
import { fakeSubject } from "./support/fake-backend.ts";

const prepared = (subject: Subject) => ({
  subject,
  backend: subject.name,
  capabilities: { ...defaultCapabilities, durability: "process" as const },
});

test("what a subject has no means for is said, one line for each", () => {
  const lines = notJudged(prepared(fakeSubject()), requirements);
  expect(lines).toContain("what happens after a failure of the system (the subject has no fail())");
  expect(new Set(lines).size).toBe(lines.length);
});

test("nothing is said of what a subject has, or of what is not selected", () => {
  const able = fakeSubject({ fail: async () => {} });
  expect(notJudged(prepared(able), requirements).join()).not.toContain("fail()");
  const others = requirements.filter(({ id }) => id === "CORE-001");
  expect(notJudged(prepared(fakeSubject()), others)).toEqual([]);
});

test("a subject with every means leaves nothing open", () => {
  const disk = soundSubjects.find(({ steps }) => steps === true);
  if (disk === undefined) throw new Error("there is none");
  const all = {
    fail: async () => {},
    outside: disk.outside ?? (() => Promise.reject(new Error())),
  };
  const damage = {
    truncate: async () => {},
    block: async () => {},
    alter: async () => {},
    outdate: async () => {},
  };
  expect(notJudged(prepared({ ...disk, ...all, damage }), requirements)).toEqual([]);
});
