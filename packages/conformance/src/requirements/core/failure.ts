/** CORE 114–116: stores that have failed and must be opened anew. */

import type { StoreBackend } from "@engenho/sdk";
import {
  assert,
  assertBytes,
  assertEqual,
  assertRejects,
  assertResolves,
} from "../../harness/assertions.ts";
import type { CheckContext } from "../../harness/check-context.ts";
import { Fixtures, keepsBytes, type Manifest } from "../../harness/fixtures.ts";
import { withPatience } from "../../harness/patience.ts";
import { canFail, failStore } from "../fail-store.ts";
import type { Requirement } from "../requirement.ts";
import { verbCalls } from "./verb-calls.ts";
import { assertVerbsWork } from "./verbs-work.ts";

export const failureRequirements: readonly Requirement[] = [
  {
    id: "CORE-114",
    level: "MUST",
    profile: "core",
    title:
      "Once a store has failed, every verb rejects with `unavailable`, outcome `none`, and says that a retry does not help.",
    appliesTo: canFail,
    check: failedVerbsReject,
  },
  {
    id: "CORE-115",
    level: "MUST",
    profile: "core",
    title:
      "A store that has failed says so: `diagnostics` has the state `failed` and a `lastError`, and the counts still answer.",
    appliesTo: canFail,
    check: failedStoresSaySo,
  },
  {
    id: "CORE-116",
    level: "MUST",
    profile: "core",
    title:
      "A store that has failed can be closed; opened anew, it has every write that was acknowledged and takes every verb.",
    appliesTo: canFail,
    check: failedStoresOpenAnew,
  },
];

/** A store with a resource, failed. */
async function openFailed(
  context: CheckContext,
): Promise<{ readonly backend: StoreBackend; readonly kept: Manifest }> {
  const { backend, capabilities } = context;
  const kept = new Fixtures(capabilities).manifest({ name: "kept" });
  await backend.apply(kept.format, kept.body);
  await failStore(context);
  return { backend, kept };
}

async function failedVerbsReject(context: CheckContext): Promise<void> {
  const { backend, kept } = await openFailed(context);
  for (const { verb, call } of verbCalls(kept)) {
    if (!context.capabilities.verbs.includes(verb)) continue;
    const what = `${verb} of a failed store`;
    const { retryable } = await assertRejects(call(backend), "unavailable", what, {
      outcome: "none",
    });
    assertEqual(retryable, false, `${what}: retryable`);
  }
}

async function failedStoresSaySo(context: CheckContext): Promise<void> {
  const { backend } = await openFailed(context);
  const { state, lastError, counts } = backend.diagnostics();
  assertEqual(state, "failed", "state of a failed store");
  assert(
    typeof lastError === "string" && lastError !== "",
    "lastError of a failed store says nothing",
  );
  assertEqual(backend.resourceCount(), counts.resources, "resourceCount of a failed store");
  assertEqual(backend.subscriberCount(), counts.subscribers, "subscriberCount of a failed store");
}

async function failedStoresOpenAnew(context: CheckContext): Promise<void> {
  const { capabilities } = context;
  const { backend, kept } = await openFailed(context);
  await withPatience(backend.close(), "close of a failed store did not resolve");
  assertEqual(backend.diagnostics().state, "closed", "state of a failed store after close");
  const reopened = await context.openAnew();
  if (capabilities.durability !== "none") {
    const { body } = await assertResolves(
      reopened.get(kept.ref, kept.format),
      "get of what was acknowledged before the failure",
    );
    if (keepsBytes(capabilities, kept.ref.kind))
      assertBytes(body, kept.body, "what was acknowledged before the failure");
  }
  await assertVerbsWork(reopened, capabilities, "new", "on a store opened anew after a failure");
}
