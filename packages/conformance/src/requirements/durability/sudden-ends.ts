/** DUR: what a sudden end leaves of writers, large bodies, refused writes, revisions and cursors. */

import { encodeSnapshot, type Revision } from "@engenho/sdk";
import { assertEqual, assertRejects, fail } from "../../harness/assertions.ts";
import type { CheckContext } from "../../harness/check-context.ts";
import { Fixtures, type Manifest, maxBodyBytesOf } from "../../harness/fixtures.ts";
import { assertManifestKept } from "../../harness/kept-fields.ts";
import { snapshotEntry } from "../../harness/snapshot-entry.ts";
import { restores } from "../snapshot/must.ts";
import { assertResumes } from "../watch/resume-anew.ts";
import type { Requirement } from "../requirement.ts";
import { openEnding } from "./moments.ts";
import { durabilityMust } from "./must.ts";
import { perform, stateOf, type Write } from "./store-state.ts";

export const durabilitySuddenEndRequirements: readonly Requirement[] = [
  durabilityMust(
    "DUR-003",
    "However large a body is, a sudden end leaves the old one or the new one, whole.",
    largeBodiesAreOldOrNew,
  ),
  durabilityMust(
    "DUR-004",
    "A write that was refused is not there after a sudden end.",
    refusedWritesStayAway,
    (capabilities) => capabilities.preconditions.length > 0 || restores(capabilities),
  ),
  durabilityMust(
    "DUR-006",
    "No revision from before a sudden end is given out again after it, and none is taken for a resource that has changed since.",
    revisionsStayUnique,
  ),
  durabilityMust(
    "DUR-007",
    "A watch since a cursor from before a sudden end delivers what was missed, or a `reset` and the present state; it never leaves a gap.",
    (context) => assertResumes(context, "sudden end", () => context.crash()),
    ({ verbs }) => verbs.includes("watch"),
  ),
];

/** As large as a body may be, up to so many bytes: more than one block, page or chunk of any usual system. */
const largeBytes = 1_048_576;

async function largeBodiesAreOldOrNew(context: CheckContext): Promise<void> {
  const { capabilities } = context;
  const fixtures = new Fixtures(capabilities);
  // The rest of the manifest needs some room.
  const length = Math.min(largeBytes, maxBodyBytesOf(capabilities, fixtures.kind)) - 768;
  const values = ["a", "b"].map((letter) => letter.repeat(length));
  const large = (value: string): Write => ({ verb: "apply", name: "large", value });
  for (const [round, value] of values.entries()) {
    const what = round === 0 ? "creating a large resource" : "replacing a large resource";
    const old = values[round - 1];
    const { store, lastWrite } = await openEnding(context, "crash");
    if (old !== undefined) await perform(store.backend, large(old));
    for (const { end, isAcknowledged } of await lastWrite(
      () => perform(store.backend, large(value)),
      what,
    )) {
      const when = `after a sudden end ${isAcknowledged ? "behind" : "while"} ${what}`;
      const found = (await stateOf(end.backend, when)).get("large");
      if (found !== value && (isAcknowledged || found !== old))
        fail(
          `the large resource is ${isAcknowledged ? "not the new one" : "neither old nor new"} ${when}`,
        );
      await end.discard();
    }
    await store.discard();
  }
}

async function refusedWritesStayAway(context: CheckContext): Promise<void> {
  const { backend, capabilities } = context;
  const { preconditions } = capabilities;
  const fixtures = new Fixtures(capabilities);
  const kept = fixtures.manifest({ name: "kept", value: 1 });
  const before = fixtures.manifest({ name: "kept" });
  const { revision: old } = await backend.apply(before.format, before.body);
  const { revision } = await backend.apply(kept.format, kept.body);
  const refused = fixtures.manifest({ name: "kept", value: 2 });
  const absent = fixtures.manifest({ name: "absent" });
  if (preconditions.includes("create"))
    await assertRejects(
      backend.apply(refused.format, refused.body, { ifRevision: "absent" }),
      "conflict",
      "apply with absent over a resource",
    );
  if (preconditions.includes("replace"))
    await assertRejects(
      backend.apply(absent.format, absent.body, { ifRevision: revision }),
      "conflict",
      "apply over a revision that is not there",
    );
  if (preconditions.includes("delete"))
    await assertRejects(
      backend.delete(kept.ref, { ifRevision: old }),
      "conflict",
      "delete over an old revision",
    );
  if (restores(capabilities)) {
    const snapshot = encodeSnapshot([absent, refused].map(snapshotEntry));
    const what = "restore of a snapshot that was cut short";
    await assertRejects(backend.restore(snapshot.slice(0, -1)), "corrupt", what);
  }
  const end = await context.crash();
  assertEqual(end.resourceCount(), 1, "resources after a refused write and a sudden end");
  const { body } = await end.get(kept.ref, kept.format);
  const what = "a resource after a refused write over it and a sudden end";
  assertManifestKept(
    capabilities,
    kept,
    { ref: kept.ref, body, format: kept.format, revision },
    what,
  );
}

async function revisionsStayUnique(context: CheckContext): Promise<void> {
  const { capabilities } = context;
  const fixtures = new Fixtures(capabilities);
  const version = (value: number): Manifest => fixtures.manifest({ name: "versioned", value });
  const seen: Revision[] = [];
  const deleted: Revision[] = [];
  let { backend } = context;
  const learn = async (manifest: Manifest, known: Revision[]): Promise<void> => {
    const { revision } = await backend.apply(manifest.format, manifest.body);
    if (known.includes(revision))
      fail(`the revision ${revision} is given out a second time after a sudden end`);
    known.push(revision);
  };
  for (let value = 0; value < 10; value++) {
    if (value === 5) {
      await backend.delete(fixtures.ref("deleted"));
      backend = await context.crash();
    }
    await learn(version(value), seen);
    await learn(fixtures.manifest({ name: "deleted", value }), deleted);
  }
  if (!capabilities.preconditions.includes("replace")) return;
  for (const ifRevision of seen.slice(0, 5)) {
    const { format, body } = version(10);
    const what = "apply over a revision from before a sudden end";
    await assertRejects(backend.apply(format, body, { ifRevision }), "conflict", what);
  }
  const last = version(9);
  const read = await backend.get(last.ref, last.format);
  assertManifestKept(capabilities, last, read, "the resource at the end");
}
