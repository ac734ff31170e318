/** DUR: what repairs a resource that cannot be read. */

import { encodeSnapshot } from "@engenho/sdk";
import { assertEqual, assertRejects, assertResolves } from "../../harness/assertions.ts";
import type { CheckContext } from "../../harness/check-context.ts";
import { Fixtures } from "../../harness/fixtures.ts";
import { assertKept } from "../../harness/kept-fields.ts";
import { snapshotEntry } from "../../harness/snapshot-entry.ts";
import { restores } from "../snapshot/must.ts";
import type { Requirement } from "../requirement.ts";
import { assertGetCorrupt, assertReadable, openDamaged } from "./damaged-store.ts";
import { durabilityMust } from "./must.ts";

export const durabilityRepairRequirements: readonly Requirement[] = [
  durabilityMust(
    "DUR-017",
    "`apply` repairs a resource that cannot be read: it is as applied from then on, and everything can be read.",
    applyRepairs,
  ),
  durabilityMust(
    "DUR-018",
    '`apply` with `ifRevision: "absent"` over a resource that cannot be read is `conflict`: something is there.',
    createIsConflict,
    ({ preconditions }) => preconditions.includes("create"),
  ),
  durabilityMust(
    "DUR-019",
    "`delete` repairs a resource that cannot be read: it is gone from then on, and everything can be read.",
    deleteRepairs,
  ),
  durabilityMust(
    "DUR-020",
    "A restore repairs every resource that cannot be read: the store holds what the snapshot has, and everything can be read.",
    restoreRepairs,
    restores,
  ),
];

async function applyRepairs(context: CheckContext): Promise<void> {
  const store = await openDamaged(context);
  const { ref } = store.damaged;
  const repaired = new Fixtures(context.capabilities).manifest({ name: ref.name, value: "new" });
  await assertResolves(
    store.backend.apply(repaired.format, repaired.body),
    "apply over a damaged resource",
  );
  const read = await assertResolves(
    store.backend.get(ref, repaired.format),
    "get of a damaged resource after an apply",
  );
  assertKept(context.capabilities, repaired, read, "a damaged resource after an apply");
  await assertReadable(context, store, ["damaged", "well"], "an apply repaired it");
}

async function createIsConflict(context: CheckContext): Promise<void> {
  const store = await openDamaged(context);
  const { format, body, ref } = store.damaged;
  const what = "apply with absent over a damaged resource";
  await assertRejects(
    store.backend.apply(format, body, { ifRevision: "absent" }),
    "conflict",
    what,
    { outcome: "none", ref },
  );
  await assertGetCorrupt(store);
}

async function deleteRepairs(context: CheckContext): Promise<void> {
  const store = await openDamaged(context);
  const { ref, format } = store.damaged;
  await assertResolves(store.backend.delete(ref), "delete of a damaged resource");
  const what = "get of a damaged resource after its deletion";
  await assertRejects(store.backend.get(ref, format), "not_found", what);
  await assertReadable(context, store, ["well"], "a delete repaired it");
}

async function restoreRepairs(context: CheckContext): Promise<void> {
  const store = await openDamaged(context);
  const snapshot = encodeSnapshot([store.well, store.damaged].map(snapshotEntry));
  await assertResolves(store.backend.restore(snapshot), "restore over a damaged resource");
  const count = store.backend.resourceCount();
  assertEqual(count, 2, "resources after a restore that repaired one");
  await assertReadable(context, store, ["damaged", "well"], "a restore repaired it");
}
