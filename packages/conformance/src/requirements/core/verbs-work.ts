/** Tries every verb that a backend has for what it does, not only for whether it answers. */

import type { Capabilities, StoreBackend } from "@engenho/sdk";
import { assert, assertEqual, assertRejects, assertResolves } from "../../harness/assertions.ts";
import { Fixtures } from "../../harness/fixtures.ts";
import { recordWatch } from "../../harness/watch-recorder.ts";
import { doesBoth, snapshots } from "../snapshot/must.ts";

/** Writes a resource of this name and takes it away again; fails unless each verb does its part. */
export async function assertVerbsWork(
  backend: StoreBackend,
  capabilities: Capabilities,
  name: string,
  when: string,
): Promise<void> {
  await assertResolves(callEveryVerb(backend, capabilities, name, when), `every verb ${when}`);
}

async function callEveryVerb(
  backend: StoreBackend,
  capabilities: Capabilities,
  name: string,
  when: string,
): Promise<void> {
  const { ref, format, body } = new Fixtures(capabilities).manifest({ name });
  const { operation, revision } = await backend.apply(format, body);
  assertEqual(operation, "created", `apply ${when}: operation`);
  assertEqual((await backend.get(ref, format)).revision, revision, `get ${when}: revision`);
  const { items } = await backend.list(ref.kind, ref.namespace, format);
  const isListed = items.some((item) => item.ref.name === name && item.revision === revision);
  assert(isListed, `list ${when}: the resource is missing`);
  if (capabilities.verbs.includes("watch")) {
    const watch = await recordWatch(backend, ref.kind, ref.namespace, format);
    const { added } = await watch.initialState(`watch ${when}`);
    const isDelivered = added.some(({ resource }) => resource.ref.name === name);
    assert(isDelivered, `watch ${when}: the resource is missing`);
    await watch.watch.close();
  }
  const snapshot = snapshots(capabilities) ? await backend.snapshot() : undefined;
  await backend.delete(ref);
  await assertRejects(backend.get(ref, format), "not_found", `get after delete ${when}`);
  if (snapshot === undefined || !doesBoth(capabilities)) return;
  await backend.restore(snapshot);
  await backend.get(ref, format);
  await backend.delete(ref);
}
