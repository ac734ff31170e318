/** SNAP: what a restore does. */

import {
  decodeSnapshot,
  encodeSnapshot,
  referenceKey,
  type ResourceRef,
  type Revision,
  type StoreBackend,
} from "@engenho/sdk";
import {
  assert,
  assertBytes,
  assertEqual,
  assertRejects,
  assertResolves,
  assertResource,
  fail,
  show,
} from "../../harness/assertions.ts";
import { CborSpelling } from "../../harness/cbor-spellings.ts";
import { AliasingBytes } from "../../harness/aliasing-bytes.ts";
import type { CheckContext } from "../../harness/check-context.ts";
import {
  applyAll,
  Fixtures,
  keepsBytes,
  type Manifest,
  manifestBody,
  takesFormat,
} from "../../harness/fixtures.ts";
import { snapshotEntry } from "../../harness/snapshot-entry.ts";
import { contentOf } from "../../harness/store-content.ts";
import type { Sample } from "../../harness/subject.ts";
import { fillStore } from "../fill-store.ts";
import type { Requirement } from "../requirement.ts";
import { doesBoth, restores, snapshotMust } from "./must.ts";

export const snapshotRestoreRequirements: readonly Requirement[] = [
  snapshotMust(
    "SNAP-004",
    "A snapshot restored into another store gives it the same resources, and the same snapshot.",
    doesBoth,
    anotherStoreBecomesTheSame,
  ),
  snapshotMust(
    "SNAP-005",
    "A restore replaces everything: what the snapshot lacks is gone, what it has otherwise is as the snapshot has it.",
    restores,
    restoreReplacesEverything,
  ),
  snapshotMust(
    "SNAP-006",
    "A restore accepts the entries in any order.",
    restores,
    anyOrderIsAccepted,
  ),
  snapshotMust(
    "SNAP-011",
    "A resource that a restore changes gets a revision that it never had; every one from before is `conflict` from then on.",
    restores,
    restoredRevisionsAreNew,
  ),
  snapshotMust(
    "SNAP-012",
    "The bytes that `snapshot` returns are the caller's, and those that `restore` is given are copied: overwriting them changes nothing.",
    doesBoth,
    snapshotBytesAreTheCallers,
  ),
  snapshotMust(
    "SNAP-014",
    "What a restore has left is there after the store is opened anew, and nothing else: not what is older than an earlier opening either.",
    (capabilities) => restores(capabilities) && capabilities.durability !== "none",
    restoredStateSurvivesReopening,
  ),
  snapshotMust(
    "SNAP-016",
    "Every sample manifest travels through a snapshot into another store and reads the same there.",
    doesBoth,
    samplesTravel,
  ),
  snapshotMust(
    "SNAP-019",
    "Restoring an empty snapshot empties the store.",
    restores,
    emptySnapshotEmptiesTheStore,
  ),
  snapshotMust(
    "SNAP-020",
    "A snapshot keeps the format of each manifest: what was applied in one format reads as that in the other store, even if it would parse as another.",
    (capabilities) => doesBoth(capabilities) && takesFormat(capabilities, "yaml"),
    formatsAreKept,
  ),
];

/** Three resources: two kinds where there are two, two namespaces. */
function someManifests({ capabilities }: StoreBackend, value: string): readonly Manifest[] {
  const fixtures = new Fixtures(capabilities);
  return [
    fixtures.manifest({ name: "one", value }),
    fixtures.manifest({ name: "two", namespace: "another", value }),
    fixtures.manifest({ name: "three", kind: fixtures.otherKind, value }),
  ];
}

async function anotherStoreBecomesTheSame({ backend, openAnother }: CheckContext): Promise<void> {
  const other = (await openAnother()).backend;
  await applyAll(backend, someManifests(backend, "travels"));
  const snapshot = await backend.snapshot();
  await other.restore(snapshot);
  assertEqual(
    await contentOf(other),
    await contentOf(backend),
    "content of the store that was restored",
  );
  assertEqual(
    other.resourceCount(),
    backend.resourceCount(),
    "resourceCount of the store that was restored",
  );
  assertBytes(await other.snapshot(), snapshot, "snapshot of the store that was restored");
  await manyTravel(other);
}

/** Nothing is cut at a page or a batch, neither when it is restored nor when it is written again. */
async function manyTravel(backend: StoreBackend): Promise<void> {
  const { kind, format } = new Fixtures(backend.capabilities);
  const names = (await fillStore(backend)).map(({ ref }) => ref.name);
  const { items } = await backend.list(kind, undefined, format);
  assertEqual(
    items.map(({ ref }) => ref.name),
    names,
    "names in a list after the restore of many resources",
  );
  assertEqual(
    decodeSnapshot(await backend.snapshot()).map(({ ref }) => ref.name),
    names,
    "names in a snapshot of many resources",
  );
}

async function restoreReplacesEverything({
  backend,
  capabilities,
  openAnother,
}: CheckContext): Promise<void> {
  const fixtures = new Fixtures(capabilities);
  const wanted = someManifests(backend, "restored");
  const extra = ["default", "another"].map((namespace) =>
    fixtures.manifest({ name: "extra", namespace }),
  );
  await applyAll(backend, [...someManifests(backend, "replaced"), ...extra]);
  await backend.restore(encodeSnapshot(wanted.map(snapshotEntry)));
  for (const { ref, format } of extra)
    await assertRejects(backend.get(ref, format), "not_found", "get of what the snapshot lacks");

  const reference = (await openAnother()).backend;
  await applyAll(reference, wanted);
  assertEqual(await contentOf(backend), await contentOf(reference), "content after a restore");
  assertEqual(backend.resourceCount(), wanted.length, "resourceCount after a restore");
}

async function anyOrderIsAccepted({ backend }: CheckContext): Promise<void> {
  const manifests = someManifests(backend, "in any order");
  const cbor = new CborSpelling();
  const entries = manifests.map((manifest) => {
    const { ref, envelope } = snapshotEntry(manifest);
    return cbor.array([cbor.reference(ref), cbor.bytes(envelope)]);
  });
  const [a, b, c] = entries as [Uint8Array, Uint8Array, Uint8Array];
  const contents = [];
  for (const order of [
    [a, b, c],
    [c, b, a],
    [b, a, c],
  ]) {
    await backend.restore(cbor.array([]));
    await assertResolves(backend.restore(cbor.array(order)), "restore in another order");
    contents.push(await contentOf(backend));
  }
  const [expected, ...others] = contents;
  assertEqual(expected?.length, manifests.length, "resources after a restore");
  for (const content of others)
    assertEqual(content, expected, "content after a restore in another order");
}

/** The content goes back to what it was, once by replacement and once by re-creation. */
async function restoredRevisionsAreNew({ backend, capabilities }: CheckContext): Promise<void> {
  const fixtures = new Fixtures(capabilities);
  const [old, changed] = [1, 2].map((value) => fixtures.manifest({ name: "versioned", value })) as [
    Manifest,
    Manifest,
  ];
  const snapshot = encodeSnapshot([snapshotEntry(old)]);
  const { ref, format } = old;
  const seen: Revision[] = [];
  seen.push((await backend.apply(format, old.body)).revision);
  seen.push((await backend.apply(format, changed.body)).revision);
  for (const step of ["replaced", "created again"]) {
    if (step === "created again") await backend.delete(ref);
    await backend.restore(snapshot);
    const { revision } = await backend.get(ref, format);
    assert(
      !seen.includes(revision),
      `a resource ${step} by a restore has the revision ${revision} of before`,
    );
    seen.push(revision);
  }
  if (!capabilities.preconditions.includes("replace")) return;
  const stale = seen.slice(0, -1);
  for (const ifRevision of stale) {
    const write = backend.apply(format, changed.body, { ifRevision });
    await assertRejects(write, "conflict", "apply with a revision from before a restore", {
      outcome: "none",
    });
  }
}

async function snapshotBytesAreTheCallers({ backend }: CheckContext): Promise<void> {
  await applyAll(backend, someManifests(backend, "shared"));
  const first = await backend.snapshot();
  const bytes = first.slice();
  first.fill(0);
  assertBytes(
    await backend.snapshot(),
    bytes,
    "snapshot, after the caller has overwritten the one before",
  );

  const given = new AliasingBytes(bytes);
  await backend.restore(given);
  assertBytes(given, bytes, "bytes that restore was given, after it");
  given.fill(0);
  assertBytes(
    await backend.snapshot(),
    bytes,
    "snapshot, after the caller has overwritten what it had restored",
  );
}

async function restoredStateSurvivesReopening(context: CheckContext): Promise<void> {
  const fixtures = new Fixtures(context.capabilities);
  let { backend } = context;
  await applyAll(backend, someManifests(backend, "replaced").slice(0, 2));
  await applyAll(backend, [fixtures.manifest({ name: "extra" })]);
  for (const value of ["restored", "restored again"]) {
    await backend.restore(encodeSnapshot(someManifests(backend, value).map(snapshotEntry)));
    const content = await contentOf(backend);
    assertEqual(content.length, 3, "resources after a restore");
    backend = await context.reopen();
    assertEqual(await contentOf(backend), content, "content after a restore, opened anew");
    // What the next restore replaces is from before this opening.
    await applyAll(backend, [fixtures.manifest({ name: "older" })]);
    backend = await context.reopen();
  }
}

async function samplesTravel({
  backend,
  capabilities,
  samples,
  openAnother,
  skip,
}: CheckContext): Promise<void> {
  const usable = samples.filter(({ format }) => capabilities.formats.includes(format));
  if (usable.length === 0) skip("the subject has no sample in a format of the backend");
  // Of samples of one resource, the last one stays.
  const applied = new Map<string, { readonly ref: ResourceRef; readonly sample: Sample }>();
  for (const sample of usable) {
    const { ref } = await backend.apply(sample.format, sample.body);
    applied.set(referenceKey(ref), { ref, sample });
  }
  const other = (await openAnother()).backend;
  await other.restore(await backend.snapshot());
  for (const { ref, sample } of applied.values()) {
    const there = await other.get(ref, sample.format).catch((error: unknown) => {
      return fail(`the sample ${sample.name} cannot be read in the other store: ${show(error)}`);
    });
    if (keepsBytes(capabilities, ref.kind))
      assertResource(there, ref, sample.body, `the sample ${sample.name} in the other store`);
  }
}

async function emptySnapshotEmptiesTheStore({ backend }: CheckContext): Promise<void> {
  await applyAll(backend, someManifests(backend, "gone"));
  await backend.restore(Uint8Array.of(0x80));
  assertEqual(await contentOf(backend), [], "content after the restore of an empty snapshot");
  assertEqual(backend.resourceCount(), 0, "resourceCount after the restore of an empty snapshot");
}

/** JSON is YAML too: only its label tells that this manifest was applied as YAML. */
async function formatsAreKept({ backend, capabilities, openAnother }: CheckContext): Promise<void> {
  const fixtures = new Fixtures(capabilities);
  // Of a kind that takes YAML, whether or not it takes JSON.
  const body = manifestBody(fixtures.manifest({ name: "both", format: "yaml" }).ref, 0, "json");
  const { ref } = await backend.apply("yaml", body);
  const other = (await openAnother()).backend;
  await other.restore(await backend.snapshot());
  const there = await other.get(ref, "yaml");
  assertEqual(there.format, "yaml", "format in the other store");
  if (keepsBytes(capabilities, ref.kind))
    assertResource(there, ref, body, "JSON text that was applied as YAML, in the other store");
}
