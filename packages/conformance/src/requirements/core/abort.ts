/** CORE 055 and 056: callers that give up. */

import { BackendError, type Resource } from "@engenho/sdk";
import { assertEqual, assertRejects, fail, rejection } from "../../harness/assertions.ts";
import type { CheckContext } from "../../harness/check-context.ts";
import { Fixtures, manifestValue } from "../../harness/fixtures.ts";
import { nextTurn } from "../../harness/next-turn.ts";
import type { Requirement } from "../requirement.ts";
import { verbCalls } from "./verb-calls.ts";

export const abortRequirements: readonly Requirement[] = [
  {
    id: "CORE-055",
    level: "MUST",
    profile: "core",
    title:
      "Every verb called with a signal that is aborted already rejects with `aborted`, outcome `none`, and has no effect.",
    check: abortedSignalsReject,
  },
  {
    id: "CORE-056",
    level: "MUST",
    profile: "core",
    title:
      "An `apply` that is aborted on its way tells the truth: resolved means written, outcome `none` means not written, and what is there is the old body or the new one.",
    check: abortedWritesTellTheTruth,
  },
];

async function abortedSignalsReject({ backend, capabilities }: CheckContext): Promise<void> {
  const fixtures = new Fixtures(capabilities);
  const { format, body, ref } = fixtures.manifest({ name: "present" });
  const { revision } = await backend.apply(format, body);
  const signal = AbortSignal.abort(new Error("given up"));
  for (const { verb, call } of verbCalls(fixtures.manifest({ name: "present", value: 2 }))) {
    if (!capabilities.verbs.includes(verb)) continue;
    await assertRejects(call(backend, { signal }), "aborted", `${verb} with an aborted signal`, {
      outcome: "none",
    });
  }
  assertEqual(backend.subscriberCount(), 0, "watches after the refusals");
  assertEqual((await backend.get(ref, format)).revision, revision, "revision after the refusals");
}

async function abortedWritesTellTheTruth({ backend, capabilities }: CheckContext): Promise<void> {
  const fixtures = new Fixtures(capabilities);
  const settled: Pick<Resource, "ref" | "revision">[] = [];
  for (let round = 0; round < 12; round++) {
    const old = fixtures.manifest({ name: `aborted-${round}`, value: "old" });
    const { ref, format, body } = fixtures.manifest({ name: `aborted-${round}`, value: "new" });
    await backend.apply(old.format, old.body);
    const controller = new AbortController();
    const write = rejection(backend.apply(format, body, { signal: controller.signal }));
    for (let turn = 0; turn < round; turn++) await Promise.resolve();
    controller.abort();
    const answer = await write;
    const oldOrNew = async (): Promise<void> => {
      const value = manifestValue((await backend.get(ref, format)).body);
      if (value !== "old" && value !== "new") fail(`an aborted apply has left the value ${value}`);
    };
    await oldOrNew();
    await nextTurn();
    await oldOrNew();
    // Another write of the resource waits for whatever became of this one, and tells what it found.
    const { operation, revision } = await backend.apply(old.format, old.body);
    settled.push({ ref, revision });
    if (answer === undefined) {
      assertEqual(operation, "replaced", "operation after an apply that resolved");
    } else if (!BackendError.is(answer.value, "aborted")) {
      fail(`an aborted apply should reject with "aborted", it got ${String(answer.value)}`);
    } else if (answer.value.outcome === "none") {
      assertEqual(operation, "unchanged", "operation after an apply aborted with outcome none");
    }
  }
  // Nothing is under way any more: what comes now was said to have been given up.
  await new Promise((resolve) => setTimeout(resolve, 100));
  for (const { ref, revision } of settled) {
    const read = await backend.get(ref, fixtures.format);
    assertEqual(read.revision, revision, `revision of ${ref.name} a while after the abort`);
  }
}
