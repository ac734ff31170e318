/** A stub is judged like any backend: it is not conformant, and each failure says that it is a stub. */

import { raftStub } from "@engenho/sdk/stub";
import { expect, test } from "vitest";
import { defineSubject, isConformant, requirements, runSuite } from "../src/index.ts";

/** What a backend can promise that does nothing: how it closes, refuses and fails. */
const kept = ["003", "005", "006", "007", "011", "091", "092"].map((id) => `CORE-${id}`);

test("a stub fails core and concurrency by its name, keeps what needs no verb, and is not judged by what it does not claim", async () => {
  const subject = defineSubject({ name: "stub", open: async () => raftStub() });
  const report = await runSuite([subject], requirements, { seed: 1, full: false });
  expect(isConformant(report)).toBe(false);
  const [judged] = report.subjects;
  expect(judged?.profiles).toEqual({
    core: expect.objectContaining({ result: "not-conformant", skipped: 0 }),
    concurrency: expect.objectContaining({ result: "not-conformant", passed: 0, skipped: 0 }),
  });
  expect(judged?.errors).toEqual([]);
  const passed = judged?.requirements.filter(({ status }) => status === "passed") ?? [];
  expect(passed.map(({ id }) => id)).toEqual(expect.arrayContaining(kept));
  const failures = judged?.requirements.filter(({ status }) => status === "failed") ?? [];
  const otherwise = failures.filter(
    ({ message }) => !/etcd-raft: \w+: this is a stub/.test(message ?? ""),
  );
  expect(otherwise.map(({ id }) => id)).toEqual(["CORE-010"]); // it claims no verbs and no formats
});
