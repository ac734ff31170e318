/** CORE 080–084: delete. */

import { assertEqual, assertRejects } from "../../harness/assertions.ts";
import type { CheckContext } from "../../harness/check-context.ts";
import { applyAll, Fixtures, takenFormats } from "../../harness/fixtures.ts";
import type { Requirement } from "../requirement.ts";

export const deleteRequirements: readonly Requirement[] = [
  {
    id: "CORE-080",
    level: "MUST",
    profile: "core",
    title:
      "Once `delete` has resolved, the resource is gone from `get`, `list` and `resourceCount`; deleting it again is `not_found`.",
    check: deletedIsGone,
  },
  {
    id: "CORE-081",
    level: "MUST",
    profile: "core",
    title:
      "`delete` removes that resource only, and none of the same name in another namespace or kind.",
    check: deleteTakesOneOnly,
  },
  {
    id: "CORE-082",
    level: "MUST",
    profile: "core",
    title:
      "With `ifRevision`, `delete` removes exactly that revision; with another one it is `conflict`, with the reference, and the resource stays.",
    appliesTo: ({ preconditions }) => preconditions.includes("delete"),
    check: conditionalDelete,
  },
  {
    id: "CORE-083",
    level: "MUST",
    profile: "core",
    title:
      "A resource that is applied after its deletion is `created`, with nothing of the one before.",
    check: deletedIsCreatedAgain,
  },
];

async function deletedIsGone({ backend, capabilities }: CheckContext): Promise<void> {
  const fixtures = new Fixtures(capabilities);
  const [gone, kept] = [fixtures.manifest({ name: "gone" }), fixtures.manifest({ name: "kept" })];
  await applyAll(backend, [gone, kept]);
  await backend.delete(gone.ref);
  await assertRejects(backend.get(gone.ref, gone.format), "not_found", "get after the delete");
  const { items } = await backend.list(gone.ref.kind, undefined, gone.format);
  assertEqual(
    items.map(({ ref }) => ref.name),
    ["kept"],
    "names listed after the delete",
  );
  assertEqual(backend.resourceCount(), 1, "resources after the delete");
  await assertRejects(backend.delete(gone.ref), "not_found", "a second delete", {
    outcome: "none",
  });
}

async function deleteTakesOneOnly({ backend, capabilities }: CheckContext): Promise<void> {
  const fixtures = new Fixtures(capabilities);
  const one = fixtures.manifest({ name: "same", namespace: "one" });
  const others = [
    fixtures.manifest({ name: "same", namespace: "two" }),
    fixtures.manifest({ name: "same2", namespace: "one" }),
  ];
  if (fixtures.otherKind !== fixtures.kind) {
    others.push(fixtures.manifest({ name: "same", namespace: "one", kind: fixtures.otherKind }));
  }
  await applyAll(backend, [one, ...others]);
  await backend.delete(one.ref);
  assertEqual(backend.resourceCount(), others.length, "resources after the delete");
  for (const { ref, format } of others) await backend.get(ref, format);
}

async function conditionalDelete({ backend, capabilities }: CheckContext): Promise<void> {
  const fixtures = new Fixtures(capabilities);
  for (const format of takenFormats(capabilities)) {
    const one = fixtures.manifest({ name: `conditional-${format}`, value: 1, format });
    const two = fixtures.manifest({ name: `conditional-${format}`, value: 2, format });
    const { revision: stale } = await backend.apply(format, one.body);
    const { revision } = await backend.apply(format, two.body);
    await assertRejects(
      backend.delete(one.ref, { ifRevision: stale }),
      "conflict",
      "delete of a stale revision",
      { outcome: "none", ref: one.ref },
    );
    assertEqual(
      (await backend.get(two.ref, format)).revision,
      revision,
      "revision after the conflict",
    );
    await backend.delete(one.ref, { ifRevision: revision });
    assertEqual(backend.resourceCount(), 0, "resources after the delete of the present revision");
  }
}

async function deletedIsCreatedAgain({ backend, capabilities }: CheckContext): Promise<void> {
  const { ref, format, body } = new Fixtures(capabilities).manifest({ name: "again" });
  const first = await backend.apply(format, body);
  await backend.delete(ref);
  const second = await backend.apply(format, body);
  assertEqual(second.operation, "created", "operation of the apply after the delete");
  assertEqual(
    second.revision === first.revision,
    false,
    "whether the revision is the one from before the delete",
  );
}
