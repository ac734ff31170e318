/** DUR: stores in which a resource cannot be read. */

import { assertEqual, assertResolves } from "../../harness/assertions.ts";
import type { CheckContext } from "../../harness/check-context.ts";
import { assertManifestKept } from "../../harness/kept-fields.ts";
import type { Requirement } from "../requirement.ts";
import { assertGetCorrupt, assertReadsCorrupt, openDamaged } from "./damaged-store.ts";
import { durabilityMust, durabilityRequirement } from "./must.ts";

export const durabilityDamageRequirements: readonly Requirement[] = [
  durabilityMust(
    "DUR-012",
    "A store in which a resource cannot be read opens, and `get`, `apply` and `delete` of every other resource work.",
    othersWork,
  ),
  durabilityMust(
    "DUR-013",
    "`get` of a resource that cannot be read is `corrupt`, with its reference; it is never `not_found`.",
    async (context) => assertGetCorrupt(await openDamaged(context)),
  ),
  durabilityMust(
    "DUR-014",
    "A list, a watch and a snapshot that would include a resource that cannot be read are `corrupt` and name it; none of them leaves it out.",
    async (context) => assertReadsCorrupt(await openDamaged(context)),
  ),
  durabilityRequirement(
    "SHOULD",
    "DUR-015",
    "Lists and watches of another kind or another namespace than that of a resource that cannot be read work.",
    readsElsewhereWork,
  ),
  durabilityMust(
    "DUR-016",
    "`diagnostics` counts a resource that cannot be read as damaged; `resourceCount` counts those that can.",
    damageIsCounted,
  ),
];

async function othersWork(context: CheckContext): Promise<void> {
  const { backend, well, elsewhere } = await openDamaged(context);
  const when = "beside a damaged resource";
  for (const manifest of [well, ...elsewhere]) {
    const { ref, format, body } = manifest;
    const read = await assertResolves(backend.get(ref, format), `get of another resource ${when}`);
    assertManifestKept(context.capabilities, manifest, read, `another resource ${when}`);
    await assertResolves(backend.delete(ref), `delete of another resource ${when}`);
    const { operation } = await assertResolves(
      backend.apply(format, body),
      `apply of another resource ${when}`,
    );
    assertEqual(operation, "created", `operation of an apply ${when}`);
  }
}

async function readsElsewhereWork(context: CheckContext): Promise<void> {
  const { backend, elsewhere } = await openDamaged(context);
  for (const { ref, format } of elsewhere) {
    const what = "of another kind or namespace than that of a damaged resource";
    const { items } = await assertResolves(
      backend.list(ref.kind, ref.namespace, format),
      `list ${what}`,
    );
    assertEqual(items.length, 1, `items in a list ${what}`);
    if (!context.capabilities.verbs.includes("watch")) continue;
    const watch = await assertResolves(
      backend.watch(ref.kind, ref.namespace, format),
      `watch ${what}`,
    );
    await watch.close();
  }
}

async function damageIsCounted(context: CheckContext): Promise<void> {
  const { backend, elsewhere } = await openDamaged(context);
  const { counts, damaged } = backend.diagnostics();
  assertEqual(counts.damaged, 1, "damaged entries in diagnostics");
  assertEqual(damaged.length, 1, "length of damaged in diagnostics");
  const readable = 1 + elsewhere.length;
  assertEqual(counts.resources, readable, "resources in diagnostics, one more being damaged");
  assertEqual(backend.resourceCount(), readable, "resourceCount, one more being damaged");
}
