/** DUR: what a sudden end leaves of writers, large bodies, refused writes, revisions and cursors. */

import type { Revision } from "@engenho/sdk";
import { assertBytes, assertEqual, assertRejects, fail } from "../../harness/assertions.ts";
import type { CheckContext } from "../../harness/check-context.ts";
import { Fixtures, type Manifest, maxBodyBytesOf } from "../../harness/fixtures.ts";
import { assertKept } from "../../harness/kept-fields.ts";
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
    ({ preconditions }) => preconditions.includes("create") || preconditions.includes("replace"),
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
  const { store, during } = await openEnding(context, "crash");
  for (const [round, value] of values.entries()) {
    const what = round === 0 ? "creating a large resource" : "replacing a large resource";
    const write: Write = { verb: "apply", name: "large", value };
    for (const end of await during(() => perform(store.backend, write), what)) {
      const when = `after a sudden end while ${what}`;
      const found = (await stateOf(end.backend, when)).get("large");
      if (found !== value && found !== values[round - 1])
        fail(`the large resource is neither old nor new ${when}`);
      await end.discard();
    }
  }
}

async function refusedWritesStayAway(context: CheckContext): Promise<void> {
  const { backend, capabilities } = context;
  const { preconditions } = capabilities;
  const fixtures = new Fixtures(capabilities);
  const kept = fixtures.manifest({ name: "kept", value: 1 });
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
  const end = await context.crash();
  assertEqual(end.resourceCount(), 1, "resources after a refused write and a sudden end");
  const { body } = await end.get(kept.ref, kept.format);
  const what = "a resource after a refused write over it and a sudden end";
  assertKept(capabilities, kept, { ref: kept.ref, body, format: kept.format, revision }, what);
}

async function revisionsStayUnique(context: CheckContext): Promise<void> {
  const { capabilities } = context;
  const fixtures = new Fixtures(capabilities);
  const version = (value: number): Manifest => fixtures.manifest({ name: "versioned", value });
  const seen: Revision[] = [];
  let { backend } = context;
  for (let value = 0; value < 10; value++) {
    if (value === 5) backend = await context.crash();
    const { format, body } = version(value);
    const { revision } = await backend.apply(format, body);
    if (seen.includes(revision))
      fail(`the revision ${revision} is given out a second time after a sudden end`);
    seen.push(revision);
  }
  if (!capabilities.preconditions.includes("replace")) return;
  for (const ifRevision of seen.slice(0, 5)) {
    const { format, body } = version(10);
    const what = "apply over a revision from before a sudden end";
    await assertRejects(backend.apply(format, body, { ifRevision }), "conflict", what);
  }
  const last = version(9);
  assertBytes(
    (await backend.get(last.ref, last.format)).body,
    last.body,
    "the resource at the end",
  );
}
