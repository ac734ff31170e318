/** SNAP: what a snapshot is. */

import {
  decodeEnvelope,
  decodeSnapshot,
  encodeSnapshot,
  referenceKey,
  formatReference,
  type ResourceRef,
  type StoreBackend,
} from "@engenho/sdk";
import { assertBytes, assertEqual, fail } from "../../harness/assertions.ts";
import type { CheckContext } from "../../harness/check-context.ts";
import {
  applyAll,
  Fixtures,
  formatsOf,
  keepsBytes,
  type Manifest,
  takesClusterScope,
} from "../../harness/fixtures.ts";
import { takesAny } from "../core/takes-any.ts";
import type { Requirement } from "../requirement.ts";
import { unusualEnvelope } from "../unusual-envelope.ts";
import { snapshotMust, snapshots } from "./must.ts";

export const snapshotFormatRequirements: readonly Requirement[] = [
  snapshotMust(
    "SNAP-001",
    "The snapshot of an empty store is the empty CBOR array, the byte 80.",
    snapshots,
    emptyStoreIsAnEmptyArray,
  ),
  snapshotMust(
    "SNAP-002",
    "A snapshot is a CBOR array of `[ref, envelope]` in deterministic encoding, ordered by kind, namespace (none first) and name, each by its UTF-8 bytes; its envelopes are what `get` returns as `native`.",
    snapshots,
    entriesAreOrdered,
  ),
  snapshotMust(
    "SNAP-003",
    "Stores with the same resources give the same snapshot bytes, whatever happened before.",
    snapshots,
    historyLeavesNoTrace,
  ),
];

async function emptyStoreIsAnEmptyArray({ backend, capabilities }: CheckContext): Promise<void> {
  assertBytes(await backend.snapshot(), Uint8Array.of(0x80), "snapshot of a fresh store");
  const { ref, format, body } = new Fixtures(capabilities).manifest({ name: "gone" });
  await backend.apply(format, body);
  await backend.delete(ref);
  assertBytes(
    await backend.snapshot(),
    Uint8Array.of(0x80),
    "snapshot of a store that has become empty",
  );
}

/** References in snapshot order; the last two are ordered otherwise by UTF-16 units. */
function orderedReferences({ capabilities }: StoreBackend): readonly ResourceRef[] {
  const fixtures = new Fixtures(capabilities);
  const scopes = takesClusterScope(capabilities, fixtures.kind) ? [null] : [];
  const names =
    capabilities.kinds === "any"
      ? ["B", "a", "a-b", "a.b", "aa", "\uff5e", "\u{1f600}"]
      : ["a", "b"];
  const kinds = [...new Set([fixtures.kind, fixtures.otherKind])].sort();
  return kinds.flatMap((kind) =>
    (kind === fixtures.kind ? [...scopes, "another", "default"] : ["default"]).flatMap(
      (namespace) => names.map((name) => fixtures.ref(name, namespace, kind)),
    ),
  );
}

async function entriesAreOrdered({ backend, capabilities }: CheckContext): Promise<void> {
  const fixtures = new Fixtures(capabilities);
  const refs = orderedReferences(backend);
  const manifests = refs.map((ref) =>
    fixtures.manifest({ ...ref, namespace: ref.namespace ?? null }),
  );
  // Every third one of a round: an order that is neither the snapshot's nor its reverse.
  for (const start of [1, 0, 2])
    await applyAll(
      backend,
      manifests.filter((_, index) => index % 3 === start),
    );

  const snapshot = await backend.snapshot();
  const entries = decodeSnapshot(snapshot);
  assertEqual(
    entries.map(({ ref }) => formatReference(ref)),
    refs.map(formatReference),
    "order of a snapshot's entries",
  );
  assertBytes(
    encodeSnapshot(entries),
    snapshot,
    "deterministic encoding of the snapshot's entries, compared with it",
  );
  for (const [index, { ref, envelope }] of entries.entries()) {
    if (!keepsBytes(capabilities, ref.kind)) continue;
    const what = `snapshot's envelope of ${formatReference(ref)}`;
    const { format, body } = manifests[index] as Manifest;
    if (format !== "native")
      assertBytes(decodeEnvelope(envelope).payload, body, `payload in the ${what}`);
    if (!formatsOf(capabilities, ref.kind).includes("native")) continue;
    assertBytes(envelope, (await backend.get(ref, "native")).body, what);
  }
  await envelopesAreNotRespelled(backend);
}

async function envelopesAreNotRespelled(backend: StoreBackend): Promise<void> {
  const { capabilities } = backend;
  if (!takesAny(capabilities, "native") || capabilities.fidelity !== "bytes") return;
  const { ref, format, body } = unusualEnvelope;
  await backend.apply(format, body);
  const entries = decodeSnapshot(await backend.snapshot());
  const written = entries.find((entry) => referenceKey(entry.ref) === referenceKey(ref));
  assertBytes(
    written?.envelope ?? fail("an envelope in an unusual spelling is missing in the snapshot"),
    (await backend.get(ref, "native")).body,
    "snapshot's envelope that was applied in an unusual spelling",
  );
}

async function historyLeavesNoTrace({
  backend,
  capabilities,
  openAnother,
}: CheckContext): Promise<void> {
  const fixtures = new Fixtures(capabilities);
  const other = (await openAnother()).backend;
  const final = ["one", "two"].map((name) => fixtures.manifest({ name, value: "final" }));
  const passing = [
    fixtures.manifest({ name: "two", value: "passing" }),
    fixtures.manifest({ name: "zero" }),
  ];
  await applyAll(backend, final);
  await applyAll(other, [...passing, ...final.toReversed()]);
  await other.delete(fixtures.ref("zero"));
  await other.delete(fixtures.ref("one"));
  await applyAll(other, final);
  assertBytes(
    await other.snapshot(),
    await backend.snapshot(),
    "snapshot of the same resources after another history",
  );
}
