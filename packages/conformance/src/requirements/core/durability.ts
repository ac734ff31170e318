/** CORE 100–106: what an acknowledged write survives. */

import type { Capabilities, Revision, StoreBackend } from "@engenho/sdk";
import {
  assertBytes,
  assertEqual,
  assertRejects,
  assertResolves,
  assertResource,
  fail,
  rejection,
  show,
} from "../../harness/assertions.ts";
import type { CheckContext } from "../../harness/check-context.ts";
import {
  applyAll,
  applyAtOnce,
  applySample,
  Fixtures,
  type Manifest,
  manifestValue,
  nativeManifest,
  readAll,
} from "../../harness/fixtures.ts";
import { assertKept } from "../../harness/kept-fields.ts";
import { largestManifest } from "../../harness/large-manifests.ts";
import { nextTurn } from "../../harness/next-turn.ts";
import { collidingReferences } from "./colliding-references.ts";
import type { Requirement } from "../requirement.ts";
import { takesAny } from "./takes-any.ts";
import { weirdNames } from "./weird-names.ts";

const isDurable = ({ durability }: Capabilities): boolean => durability !== "none";

export const durabilityRequirements: readonly Requirement[] = [
  {
    id: "CORE-100",
    level: "MUST",
    profile: "core",
    title:
      "A durable store that is closed and opened again has the same resources, with the same bytes, as before.",
    appliesTo: isDurable,
    check: stateSurvivesReopen,
  },
  {
    id: "CORE-101",
    level: "MUST",
    profile: "core",
    title: "So do references that no file system or database would take as a name.",
    appliesTo: (capabilities) => isDurable(capabilities) && takesAny(capabilities, "native"),
    check: weirdReferencesSurviveReopen,
  },
  {
    id: "CORE-102",
    level: "MUST",
    profile: "core",
    title:
      "An apply or delete that has resolved survives the sudden end of the process at that very moment.",
    appliesTo: isDurable,
    check: acknowledgedWritesSurvive,
  },
  {
    id: "CORE-103",
    level: "MUST",
    profile: "core",
    title:
      "Whatever a sudden end interrupts is old or new when the store is opened again: never torn, never anything else, and no other resource is affected.",
    appliesTo: isDurable,
    check: interruptedWritesAreOldOrNew,
  },
  {
    id: "CORE-104",
    level: "MUST",
    profile: "core",
    title:
      "No revision from before a store was opened again is valid for a resource that has changed since, and none is given out again.",
    appliesTo: isDurable,
    check: revisionsStayUniqueAcrossReopen,
  },
  {
    id: "CORE-106",
    level: "MUST",
    profile: "core",
    title:
      "References whose fields, joined by any usual separator or cut to any length, make the same text are kept apart by what is stored: each is there after the store is opened anew, and deleting one leaves the others.",
    appliesTo: (capabilities) => isDurable(capabilities) && takesAny(capabilities, "native"),
    check: collidingReferencesAreKeptApart,
  },
  {
    id: "CORE-105",
    level: "MUST",
    profile: "core",
    title:
      "An apply or delete that has resolved survives the loss of power, where `durability` is `power-loss`.",
    appliesTo: ({ durability }) => durability === "power-loss",
    check: acknowledgedWritesSurvivePowerLoss,
  },
];

async function stateSurvivesReopen(context: CheckContext): Promise<void> {
  const { backend, capabilities, samples } = context;
  const kinds = new Set<string>();
  for (const sample of samples) {
    if (!capabilities.formats.includes(sample.format)) continue;
    kinds.add((await applySample(backend, sample)).ref.kind);
  }
  // A system below may have a limit of its own, which shows only once its memory is gone.
  const large = largestManifest(capabilities);
  await backend.apply(large.format, large.body);
  const before = await readAll(backend, [...kinds, large.ref.kind]);
  await assertAllKept(await context.reopen(), before);
}

async function weirdReferencesSurviveReopen(context: CheckContext): Promise<void> {
  const manifests = weirdNames.flatMap((weird) => [
    nativeManifest({ kind: weird, name: weird, namespace: weird }),
    nativeManifest({ kind: "ConfigMap", name: weird }),
    nativeManifest({ kind: "ConfigMap", name: "same", namespace: weird }),
  ]);
  await applyAtOnce(context.backend, manifests);
  await assertAllKept(await context.reopen(), manifests);
}

/** One by one before the count, so that a failure names what is missing. */
async function assertAllKept(
  reopened: StoreBackend,
  resources: readonly Pick<Manifest, "ref" | "body">[],
): Promise<void> {
  const when = "after opening the store again";
  for (const { ref, body } of resources) {
    const what = `get of ${show(ref)} ${when}`;
    const read = await assertResolves(reopened.get(ref, "native"), what);
    assertResource(read, ref, body, what);
  }
  assertEqual(reopened.resourceCount(), resources.length, `resources ${when}`);
}

async function collidingReferencesAreKeptApart(context: CheckContext): Promise<void> {
  const deleted = collidingReferences.map(([first]) => nativeManifest(first));
  const kept = collidingReferences.flatMap(([, ...others]) =>
    others.map((ref) => nativeManifest(ref)),
  );
  await applyAtOnce(context.backend, [...deleted, ...kept]);
  const reopened = await context.reopen();
  for (const { ref, body } of [...deleted, ...kept]) {
    const read = await rejection(
      reopened.get(ref, "native").then((found) => {
        assertBytes(found.body, body, `${JSON.stringify(ref)} after opening the store again`);
      }),
    );
    if (read !== undefined)
      fail(`${JSON.stringify(ref)} has met another reference: ${show(read.value)}`);
  }
  await Promise.all(deleted.map(({ ref }) => reopened.delete(ref)));
  const again = await context.reopen();
  assertEqual(again.resourceCount(), kept.length, "resources after deleting one of each group");
  for (const { ref } of kept) await again.get(ref, "native");
}

async function acknowledgedWritesSurvive(context: CheckContext): Promise<void> {
  const { backend, capabilities } = context;
  const fixtures = new Fixtures(capabilities);
  const kept = fixtures.manifest({ name: "kept" });
  const replaced = fixtures.manifest({ name: "replaced", value: 1 });
  const deleted = fixtures.manifest({ name: "deleted" });
  const newer = fixtures.manifest({ name: "replaced", value: 2 });
  await applyAll(backend, [kept, replaced, deleted]);
  await applyAll(backend, [newer]);
  const afterReplace = await context.crash();
  assertEqual(
    afterReplace.resourceCount(),
    3,
    "resources after a sudden end right after an acknowledged replacement",
  );
  const replacement = await afterReplace.get(newer.ref, newer.format);
  assertKept(capabilities, newer, replacement, "the acknowledged replacement after a sudden end");
  await backend.delete(deleted.ref);
  const afterDelete = await context.crash();
  await assertRejects(
    afterDelete.get(deleted.ref, deleted.format),
    "not_found",
    "get of an acknowledged deletion after a sudden end",
  );
  const untouched = await afterDelete.get(kept.ref, kept.format);
  assertKept(capabilities, kept, untouched, "an untouched resource after a sudden end");
}

/** Twice after each write: a system may lose all that is not synced, or any part of it. */
async function acknowledgedWritesSurvivePowerLoss(context: CheckContext): Promise<void> {
  const { backend, capabilities } = context;
  const fixtures = new Fixtures(capabilities);
  const present = new Map<string, Manifest>();
  const survive = async (write: string): Promise<void> => {
    for (let time = 0; time < 2; time++) {
      const after = await context.cutPower();
      const what = `after a loss of power behind ${write}`;
      assertEqual(after.resourceCount(), present.size, `resources ${what}`);
      for (const manifest of present.values()) {
        const { ref, format } = manifest;
        const read = await assertResolves(after.get(ref, format), `get of ${ref.name} ${what}`);
        assertKept(capabilities, manifest, read, `${ref.name} ${what}`);
      }
    }
  };
  for (const [name, value] of [
    ["one", 1],
    ["two", 1],
    ["one", "a value that is longer than the one before"],
    ["one", 2],
  ] as const) {
    const manifest = fixtures.manifest({ name, value });
    await backend.apply(manifest.format, manifest.body);
    present.set(name, manifest);
    await survive(`the apply of ${name}`);
  }
  await backend.delete(fixtures.ref("one"));
  present.delete("one");
  await survive("the delete of one");
}

async function interruptedWritesAreOldOrNew(context: CheckContext): Promise<void> {
  const { backend, capabilities, full } = context;
  const fixtures = new Fixtures(capabilities);
  const size = 12;
  const version = (i: number, value: number): ReturnType<Fixtures["manifest"]> =>
    fixtures.manifest({ name: `interrupted-${i}`, value });
  await applyAll(
    backend,
    Array.from({ length: size }, (_, i) => version(i, 0)),
  );
  for (let round = 1; round <= (full ? 8 : 3); round++) {
    const writes = Array.from({ length: size }, (_, i) => {
      const { format, body } = version(i, round);
      return rejection(backend.apply(format, body));
    });
    for (let turn = 0; turn < round; turn++) await nextTurn();
    const crashed = await context.crash();
    assertEqual(crashed.resourceCount(), size, "resources after a sudden end during replacements");
    for (let i = 0; i < size; i++) {
      const { ref, format, body } = version(i, round);
      const read = await crashed.get(ref, format);
      const isOld = manifestValue(read.body) === String(round - 1);
      const expected = isOld ? version(i, round - 1).body : body;
      const what = `${ref.name} after a sudden end, which should be old or new`;
      assertKept(capabilities, { format, body: expected }, read, what);
    }
    await Promise.all(writes);
  }
}

async function revisionsStayUniqueAcrossReopen(context: CheckContext): Promise<void> {
  const { backend, capabilities } = context;
  const fixtures = new Fixtures(capabilities);
  const seen = new Set<string>();
  const stale: Revision[] = [];
  for (let value = 0; value < 5; value++) {
    const { format, body } = fixtures.manifest({ name: "versioned", value });
    const { revision } = await backend.apply(format, body);
    seen.add(`versioned ${revision}`);
    stale.push(revision);
  }
  let reopened = await context.reopen();
  const version = async (name: string, value: number): Promise<void> => {
    const { ref, format, body } = fixtures.manifest({ name, value });
    const applied = await reopened.apply(format, body);
    reopened = await context.reopen();
    const { revision } = await reopened.get(ref, format);
    // A system may give what it loads another revision than it gave out.
    for (const given of new Set([applied.revision, revision])) {
      const key = `${name} ${given}`;
      if (seen.has(key))
        fail(`the revision ${given} is given out a second time after opening the store again`);
      seen.add(key);
    }
  };
  for (let value = 5; value < 10; value++) await version("versioned", value);
  // One that counts the versions of each resource counts from the beginning after a delete.
  await version("counted", 0);
  await reopened.delete(fixtures.ref("counted"));
  await version("counted", 1);
  if (!capabilities.preconditions.includes("replace")) return;
  const { format, body } = fixtures.manifest({ name: "versioned", value: "conditional" });
  for (const ifRevision of stale) {
    await assertRejects(
      reopened.apply(format, body, { ifRevision }),
      "conflict",
      "apply over a revision from before",
    );
  }
}
