/** DUR: what repairs a resource that cannot be read. */

import { encodeSnapshot } from "@engenho/sdk";
import { assertEqual, assertRejects, assertResolves } from "../../harness/assertions.ts";
import type { CheckContext } from "../../harness/check-context.ts";
import { Fixtures } from "../../harness/fixtures.ts";
import { assertManifestKept } from "../../harness/kept-fields.ts";
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
    "A restore repairs every resource that cannot be read, those that the snapshot lacks too: the store holds what the snapshot has, and everything can be read.",
    restoreRepairs,
    restores,
  ),
];

/** Also with the bytes that were applied before, which must not count as unchanged. */
async function applyRepairs(context: CheckContext): Promise<void> {
  for (const isNew of [false, true]) {
    const store = await openDamaged(context);
    const { ref } = store.damaged;
    const other = new Fixtures(context.capabilities).manifest({ name: ref.name, value: "new" });
    const { format, body } = isNew ? other : store.damaged;
    const what = `an apply of ${isNew ? "another body" : "the same body"}`;
    await assertResolves(store.backend.apply(format, body), `${what} over a damaged resource`);
    const after = `a damaged resource after ${what}`;
    const read = await assertResolves(store.backend.get(ref, format), `get of ${after}`);
    assertManifestKept(context.capabilities, { format, body }, read, after);
    await assertReadable(context, store, [ref.name, "well"], `${what} repaired it`);
  }
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

/** Two are damaged, in two namespaces. */
async function restoreRepairs(context: CheckContext): Promise<void> {
  for (const isKept of [true, false]) {
    const opened = await openDamaged(context);
    const { damaged, well, elsewhere } = opened;
    await context.damage("truncate", elsewhere[0].ref);
    const store = { ...opened, backend: await context.reopen() };
    const what = `a restore of a snapshot that ${isKept ? "has" : "lacks"} what is damaged`;
    const manifests = isKept ? [damaged, well, elsewhere[0]] : [well];
    await assertResolves(store.backend.restore(encodeSnapshot(manifests.map(snapshotEntry))), what);
    assertEqual(store.backend.resourceCount(), manifests.length, `resources after ${what}`);
    const names = isKept ? [damaged.ref.name, well.ref.name] : [well.ref.name];
    await assertReadable(context, store, names, `${what} repaired it`);
  }
}
