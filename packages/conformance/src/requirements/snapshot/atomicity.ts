/** SNAP: what a sudden end and readers see of a restore. */

import { encodeSnapshot, type ResourceRef, type StoreBackend } from "@engenho/sdk";
import { assert, assertEqual, fail } from "../../harness/assertions.ts";
import type { CheckContext } from "../../harness/check-context.ts";
import { applyAll, Fixtures, type Manifest, manifestValue } from "../../harness/fixtures.ts";
import { nextTurn } from "../../harness/next-turn.ts";
import { snapshotEntry } from "../../harness/snapshot-entry.ts";
import { contentOf } from "../../harness/store-content.ts";
import type { Requirement } from "../requirement.ts";
import { restores, snapshotMust } from "./must.ts";

export const snapshotAtomicityRequirements: readonly Requirement[] = [
  snapshotMust(
    "SNAP-013",
    "Where `restore` is `atomic`, a sudden end of the process leaves the state before the restore or the one after it, never a mixture; once the restore has resolved, the one after it.",
    (capabilities) =>
      restores(capabilities) &&
      capabilities.restore === "atomic" &&
      capabilities.durability !== "none",
    crashLeavesOldOrNew,
  ),
  snapshotMust(
    "SNAP-018",
    "Where `restore` is `atomic`, readers see the state before the restore or the one after it while it runs, never a mixture.",
    (capabilities) => restores(capabilities) && capabilities.restore === "atomic",
    readersSeeOldOrNew,
  ),
];

/** As many resources before a restore as after it: some replaced, some removed, some created. */
function twoStates(
  { capabilities }: StoreBackend,
  count: number,
): { readonly old: readonly Manifest[]; readonly new: readonly Manifest[] } {
  const fixtures = new Fixtures(capabilities);
  const manifests = (state: string, first: number): Manifest[] =>
    Array.from({ length: count }, (_, index) => {
      const kind = index % 2 === 0 ? fixtures.kind : fixtures.otherKind;
      return fixtures.manifest({ name: `resource-${first + index}`, kind, value: state });
    });
  return { old: manifests("old", 0), new: manifests("new", 4) };
}

async function crashLeavesOldOrNew({ backend, crash, full }: CheckContext): Promise<void> {
  const states = twoStates(backend, 10);
  const snapshotOf = (manifests: readonly Manifest[]): Uint8Array =>
    encodeSnapshot(manifests.map(snapshotEntry));
  await backend.restore(snapshotOf(states.new));
  const after = await contentOf(backend);
  await backend.restore(snapshotOf(states.old));
  const before = await contentOf(backend);

  // Each round looks at moments further apart.
  for (let round = 0; round < (full ? 24 : 6); round++) {
    let isDone = false;
    const restore = backend.restore(snapshotOf(states.new)).finally(() => {
      isDone = true;
    });
    restore.catch(() => {}); // awaited below, after the moments on its way
    for (let moment = 0; !isDone; moment++) {
      const left = await survivorsOf(crash, before, after);
      if (left === undefined) {
        fail(`a sudden end during a restore (round ${round}, moment ${moment}) left a mixture`);
      }
      for (let turn = 0; turn <= round && !isDone; turn++) await nextTurn();
    }
    await restore;
    assertEqual(
      await survivorsOf(crash, before, after),
      "new",
      "state that a sudden end after a restore leaves",
    );
    await backend.restore(snapshotOf(states.old));
  }
}

async function survivorsOf(
  crash: CheckContext["crash"],
  before: readonly string[],
  after: readonly string[],
): Promise<"old" | "new" | undefined> {
  const survivor = await crash();
  const content = (await contentOf(survivor)).join("\n");
  await survivor.close();
  if (content === before.join("\n")) return "old";
  return content === after.join("\n") ? "new" : undefined;
}

async function readersSeeOldOrNew({ backend, capabilities }: CheckContext): Promise<void> {
  const { kind, format } = new Fixtures(capabilities);
  const states = twoStates(backend, 12);
  await applyAll(backend, states.old);
  let isDone = false;
  const looks: string[] = [];
  // One list is one look; looks at several kinds would be several.
  const reader = async (): Promise<void> => {
    while (!isDone) {
      const { items } = await backend.list(kind, undefined, format);
      if (!isDone) looks.push(`${lookAt(items)} of ${backend.resourceCount()}`);
      await nextTurn();
    }
  };
  const restore = backend.restore(encodeSnapshot(states.new.map(snapshotEntry))).finally(() => {
    isDone = true;
  });
  await Promise.all([restore, reader(), reader()]);

  const [before, after] = [states.old, states.new].map(
    (manifests) =>
      `${lookAt(manifests.filter(({ ref }) => ref.kind === kind))} of ${manifests.length}`,
  );
  const mixed = looks.find((look) => look !== before && look !== after);
  if (mixed !== undefined) fail(`a reader beside a restore saw ${mixed}`);
  const firstNew = looks.indexOf(after ?? "");
  assert(
    firstNew < 0 || !looks.includes(before ?? "", firstNew),
    "a reader saw the old state after the new one",
  );
}

/** The names, each with the value in its body where a backend keeps that. */
function lookAt(
  resources: readonly { readonly ref: ResourceRef; readonly body: Uint8Array }[],
): string {
  const texts = resources.map(({ ref, body }) => `${ref.name} ${manifestValue(body)}`);
  return texts.sort().join(", ");
}
