/** A store in which one resource is damaged, and what there is beside it. */

import type { StoreBackend } from "@engenho/sdk";
import { assertEqual, assertRejects, assertResolves } from "../../harness/assertions.ts";
import type { CheckContext } from "../../harness/check-context.ts";
import { Fixtures, type Manifest } from "../../harness/fixtures.ts";
import type { Damage } from "../../harness/subject.ts";
import { recordWatch } from "../../harness/watch-recorder.ts";
import { snapshots } from "../snapshot/must.ts";

/** The store, opened again, and the manifests that were applied. */
export interface DamagedStore {
  readonly backend: StoreBackend;
  readonly damaged: Manifest;
  /** Of the same kind and namespace. */
  readonly well: Manifest;
  /** Of the same kind in another namespace, and of another kind where there is one. */
  readonly elsewhere: readonly [Manifest, ...Manifest[]];
}

/** Fills a store, damages one resource and opens it again. */
export async function openDamaged(
  context: CheckContext,
  way: Exclude<keyof Damage, "outdate"> = "truncate",
): Promise<DamagedStore> {
  const { backend, capabilities } = context;
  const fixtures = new Fixtures(capabilities);
  const damaged = fixtures.manifest({ name: "unlucky" }); // a word of no message
  const well = fixtures.manifest({ name: "well" });
  const elsewhere: DamagedStore["elsewhere"] = [
    fixtures.manifest({ name: "well", namespace: "elsewhere" }),
    ...(fixtures.otherKind === fixtures.kind
      ? []
      : [fixtures.manifest({ name: "well", kind: fixtures.otherKind })]),
  ];
  for (const { format, body } of [damaged, well, ...elsewhere]) await backend.apply(format, body);
  await context.damage(way, damaged.ref);
  const reopened = await assertResolves(
    context.reopen(),
    "opening a store with a damaged resource in it",
  );
  return { backend: reopened, damaged, well, elsewhere };
}

/** Fails unless every read of several resources that would include the damaged one is `corrupt` and names it. */
export async function assertReadsCorrupt({ backend, damaged }: DamagedStore): Promise<void> {
  for (const [what, read] of readsOf({ backend, damaged }))
    await assertRejects(read(), "corrupt", `${what} that includes a damaged resource`, {
      mentions: damaged.ref.name,
    });
}

/** Fails unless `get` of it is `corrupt`, with its reference. */
export async function assertGetCorrupt({
  backend,
  damaged: { ref, format },
}: Pick<DamagedStore, "backend" | "damaged">): Promise<void> {
  await assertRejects(backend.get(ref, format), "corrupt", "get of a damaged resource", { ref });
}

/** The reads of several resources that would include it. */
function readsOf({
  backend,
  damaged: { ref, format },
}: Pick<DamagedStore, "backend" | "damaged">): readonly (readonly [
  what: string,
  read: () => Promise<unknown>,
])[] {
  const watch = async (namespace: string | undefined): Promise<void> => {
    const recorder = await recordWatch(backend, ref.kind, namespace, format);
    try {
      await recorder.initialState("a watch that includes a damaged resource");
    } finally {
      await recorder.watch.close();
    }
  };
  const { verbs } = backend.capabilities;
  return [
    ["list of the namespace", () => backend.list(ref.kind, ref.namespace, format)],
    ["list of every namespace", () => backend.list(ref.kind, undefined, format)],
    ...(verbs.includes("watch")
      ? ([
          ["watch of the namespace", () => watch(ref.namespace)],
          ["watch of every namespace", () => watch(undefined)],
        ] as const)
      : []),
    ...(snapshots(backend.capabilities) ? ([["snapshot", () => backend.snapshot()]] as const) : []),
  ];
}

/**
 * Fails unless those reads work, list these names in its namespace, and nothing is counted as damaged: now, and when
 * the store is opened anew.
 */
export async function assertReadable(
  context: CheckContext,
  { backend, damaged }: DamagedStore,
  names: readonly string[],
  since: string,
): Promise<void> {
  await assertReads(backend, damaged, names, `since ${since}`);
  await assertReads(await context.reopen(), damaged, names, `opened anew since ${since}`);
}

async function assertReads(
  backend: StoreBackend,
  damaged: Manifest,
  names: readonly string[],
  when: string,
): Promise<void> {
  for (const [what, read] of readsOf({ backend, damaged }))
    await assertResolves(read(), `${what} ${when}`);
  const diagnostics = backend.diagnostics();
  assertEqual(diagnostics.counts.damaged, 0, `damaged entries in diagnostics ${when}`);
  assertEqual(diagnostics.damaged, [], `damaged in diagnostics ${when}`);
  const { kind, namespace } = damaged.ref;
  const { items } = await backend.list(kind, namespace, damaged.format);
  const found = items.map(({ ref }) => ref.name);
  assertEqual(found, names, `names in a list ${when}`);
}
