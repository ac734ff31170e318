/** Jobs in HCL: who is judged by them, and what the suite writes. */

import { createInMemoryBackend } from "@engenho/sdk";
import { expect, test } from "vitest";
import { manifestBody } from "../src/harness/fixtures.ts";
import { requirements } from "../src/requirements/index.ts";
import { judge } from "./support/fake-backend.ts";

test("a backend without hcl is not judged by what is about jobs", async () => {
  const filter = "/^CORE-0(02|38|39|69)$/";
  const without = () => createInMemoryBackend({ capabilities: { formats: ["yaml", "json"] } });
  const report = await judge(requirements, { name: "without", open: without }, { filter });
  expect(report.requirements.map(({ id }) => id)).toEqual(["CORE-002"]);
});

test("what the suite writes in HCL is a job with that name, namespace and value", async () => {
  await using backend = await createInMemoryBackend();
  for (const text of ["plain", 'a "b" \\b', "${x} %{y} $${z}", "\b\f\n\u007f", "é \u{1f600}"]) {
    const ref = { kind: "Job", name: text, namespace: text };
    expect((await backend.apply("hcl", manifestBody(ref, text, "hcl"))).ref).toEqual(ref);
  }
  expect(() => manifestBody({ kind: "Pod", name: "a" }, 1, "hcl")).toThrow(TypeError);
});
