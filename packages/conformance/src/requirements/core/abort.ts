/** CORE 055 and 056: callers that give up. */

import { BackendError, type Resource, type StoreBackend } from "@engenho/sdk";
import { assertEqual, assertRejects, fail, rejection, show } from "../../harness/assertions.ts";
import type { CheckContext } from "../../harness/check-context.ts";
import { Fixtures, type Manifest, manifestValue } from "../../harness/fixtures.ts";
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
      "An `apply` or `delete` that is aborted on its way tells the truth: resolved means done, outcome `none` means not done, now or later, and what is there is the old body or what was to come.",
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

/** In steps of the microtask queue: each of the first, and then up to where a write in memory has long been done. */
const abortedAfter: readonly number[] = [...Array(12).keys(), 14, 17, 20, 25, 32, 48];

async function abortedWritesTellTheTruth({ backend, capabilities }: CheckContext): Promise<void> {
  const fixtures = new Fixtures(capabilities);
  const settled: Pick<Resource, "ref" | "revision">[] = [];
  for (const verb of ["apply", "delete"] as const) {
    for (const turns of abortedAfter) {
      const name = `${verb === "apply" ? "aborted" : "undeleted"}-${turns}`;
      const old = fixtures.manifest({ name, value: "old" });
      settled.push(
        await abortOnItsWay(backend, verb, turns, old, fixtures.manifest({ name, value: "new" })),
      );
    }
  }
  // Nothing is under way any more: what comes now was said to have been given up.
  await new Promise((resolve) => setTimeout(resolve, 100));
  for (const { ref, revision } of settled) {
    const error = await rejection(backend.get(ref, fixtures.format));
    if (error !== undefined)
      fail(`${ref.name} cannot be read a while after the abort: ${show(error.value)}`);
    const read = await backend.get(ref, fixtures.format);
    assertEqual(read.revision, revision, `revision of ${ref.name} a while after the abort`);
  }
}

/** Aborts a write after so many turns, and finds out what became of it by applying what was there before. */
async function abortOnItsWay(
  backend: StoreBackend,
  verb: "apply" | "delete",
  turns: number,
  old: Manifest,
  { ref, format, body }: Manifest,
): Promise<Pick<Resource, "ref" | "revision">> {
  const what = `an aborted ${verb}`;
  await backend.apply(old.format, old.body);
  const controller = new AbortController();
  const { signal } = controller;
  const write = rejection(
    verb === "apply" ? backend.apply(format, body, { signal }) : backend.delete(ref, { signal }),
  );
  for (let turn = 0; turn < turns; turn++) await Promise.resolve();
  controller.abort();
  const answer = await write;
  const oldOrNew = async (): Promise<void> => {
    try {
      const value = manifestValue((await backend.get(ref, format)).body);
      if (value !== "old" && (value !== "new" || verb === "delete"))
        fail(`${what} has left the value ${value}`);
    } catch (error) {
      if (verb === "apply" || !BackendError.is(error, "not_found")) throw error;
    }
  };
  await oldOrNew();
  await nextTurn();
  await oldOrNew();
  // Another write of the resource waits for whatever became of this one, and tells what it found.
  const { operation, revision } = await backend.apply(old.format, old.body);
  if (answer === undefined) {
    const found = verb === "apply" ? "replaced" : "created";
    assertEqual(operation, found, `operation after ${what} that resolved`);
  } else if (!BackendError.is(answer.value, "aborted")) {
    fail(`${what} should reject with "aborted", it got ${String(answer.value)}`);
  } else if (answer.value.outcome === "none") {
    assertEqual(operation, "unchanged", `operation after ${what} with outcome none`);
  }
  return { ref, revision };
}
