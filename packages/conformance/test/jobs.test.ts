/** Jobs in HCL: each requirement has a bug that it finds, and that nothing else finds. */

import { createInMemoryBackend } from "@engenho/sdk";
import { expect, test } from "vitest";
import { requirements } from "../src/requirements/index.ts";
import { manifestBody } from "../src/harness/fixtures.ts";
import { judge } from "./support/fake-backend.ts";
import { jobBugs } from "./support/job-bugs.ts";

test("a sound backend passes them, and one without hcl is not judged by them", async () => {
  const filter = "/^CORE-0(02|38|39|69)$/";
  const open = (): ReturnType<typeof createInMemoryBackend> => createInMemoryBackend();
  const { requirements: judged } = await judge(requirements, { name: "sound", open }, { filter });
  expect(judged.map(({ id, status }) => `${id} ${status}`)).toEqual([
    "CORE-002 passed",
    "CORE-038 passed",
    "CORE-039 passed",
    "CORE-069 passed",
  ]);
  const without = () => createInMemoryBackend({ capabilities: { formats: ["yaml", "json"] } });
  const report = await judge(requirements, { name: "without", open: without }, { filter });
  expect(report.requirements.map(({ id }) => id)).toEqual(["CORE-002"]);
});

test.each(jobBugs)("%s alone finds a backend that %s", async (id, _, message, subject) => {
  const report = await judge(requirements, subject);
  const failed = report.requirements.filter(({ status }) => status !== "passed");
  expect(failed.map((each) => `${each.id} ${each.message}`)).toEqual([
    expect.stringMatching(new RegExp(`^${id} `)),
  ]);
  expect(failed[0]?.message).toMatch(message);
});

test("what the suite writes in HCL is a job with that name, namespace and value", async () => {
  await using backend = await createInMemoryBackend();
  for (const text of ["plain", 'a "b" \\b', "${x} %{y} $${z}", "\b\f\n\u007f", "é \u{1f600}"]) {
    const ref = { kind: "Job", name: text, namespace: text };
    expect((await backend.apply("hcl", manifestBody(ref, text, "hcl"))).ref).toEqual(ref);
  }
  expect(() => manifestBody({ kind: "Pod", name: "a" }, 1, "hcl")).toThrow(TypeError);
});
