/** EXT: what reads show of what others write. */

import { assertEqual, assertRejects } from "../../harness/assertions.ts";
import type { CheckContext } from "../../harness/check-context.ts";
import { Fixtures, manifestValue } from "../../harness/fixtures.ts";
import { shows } from "../../harness/shows.ts";
import { recordWatch } from "../../harness/watch-recorder.ts";
import type { Requirement } from "../requirement.ts";
import { doesBoth } from "../snapshot/must.ts";
import { externalMust, watches } from "./must.ts";
import { applyOwn, othersOf, shownMissing, shownValue } from "./others.ts";

export const externalReadRequirements: readonly Requirement[] = [
  externalMust(
    "EXT-001",
    "What others create, replace and remove is what `get`, `list` and `resourceCount` show: at once where `reads` is `linearizable`, soon elsewhere.",
    readsShowOthers,
  ),
  externalMust(
    "EXT-002",
    "A resource that others change, or remove and create again, has a revision that it never had, the same in `get`, `list` and watches.",
    revisionsAreNew,
    watches,
  ),
  externalMust(
    "EXT-003",
    "A snapshot has what others have written, and another store that restores it has the same.",
    snapshotsHaveOthers,
    doesBoth,
  ),
];

async function readsShowOthers(context: CheckContext): Promise<void> {
  const { backend } = context;
  const others = await othersOf(context);
  await applyOwn(backend, { name: "own" });
  for (const value of [1, 2]) {
    const what = value === 1 ? "what others created" : "what others replaced";
    const manifest = await others.put({ name: "theirs", value });
    await shownValue(backend, manifest, value, what);
    await shows(backend, async () => {
      const { items } = await backend.list(manifest.ref.kind, undefined, manifest.format);
      assertEqual(
        items.map(({ ref, body }) => [ref.name, manifestValue(body)]),
        [
          ["own", "0"],
          ["theirs", String(value)],
        ],
        `a list with ${what}`,
      );
      assertEqual(backend.resourceCount(), 2, `resourceCount with ${what}`);
    });
  }
  const { ref, format } = await others.put({ name: "own", value: 3 });
  await shownValue(
    backend,
    { ref, format, body: new Uint8Array() },
    3,
    "an own resource that others replaced",
  );
  await others.remove(ref);
  await shownMissing(backend, ref, "what others removed");
  await shows(backend, async () => {
    await assertRejects(backend.get(ref, format), "not_found", "get of what others removed");
    assertEqual(backend.resourceCount(), 1, "resourceCount without what others removed");
  });
}

async function revisionsAreNew(context: CheckContext): Promise<void> {
  const { backend } = context;
  const others = await othersOf(context);
  const { kind, format } = new Fixtures(context.capabilities);
  const watch = await recordWatch(backend, kind, undefined, format);
  await watch.initialState("a watch");
  const seen = new Set<string>();
  const learn = async (value: number, what: string): Promise<void> => {
    const manifest = new Fixtures(context.capabilities).manifest({ name: "a" });
    const { revision } = await shownValue(backend, manifest, value, what);
    assertEqual(seen.has(revision), false, `${what}: whether the resource had its revision before`);
    seen.add(revision);
    const { items } = await backend.list(kind, undefined, format);
    assertEqual(
      items.map((item) => item.revision),
      [revision],
      `${what}: revision in a list`,
    );
    await watch.until(
      (event) =>
        event.type !== "deleted" && "resource" in event && event.resource.revision === revision,
      `${what}: a watch, up to the event with the revision that get shows`,
    );
  };
  const { ref } = await others.put({ name: "a", value: 1 });
  await learn(1, "what others created");
  await others.put({ name: "a", value: 2 });
  await learn(2, "what others replaced");
  await applyOwn(backend, { name: "a", value: 3 });
  await learn(3, "what the backend replaced");
  await others.put({ name: "a", value: 2 });
  await learn(2, "what others changed back");
  for (const round of ["again", "once more"]) {
    await others.remove(ref);
    await shownMissing(backend, ref, "what others removed");
    await others.put({ name: "a", value: 1 });
    await learn(1, `what others created ${round}`);
  }
}

async function snapshotsHaveOthers(context: CheckContext): Promise<void> {
  const { backend } = context;
  const others = await othersOf(context);
  await applyOwn(backend, { name: "own" });
  await applyOwn(backend, { name: "changed" });
  await backend.snapshot();
  const theirs = await others.put({ name: "theirs", value: 7 });
  const changed = await others.put({ name: "changed", value: 8 });
  await shownValue(backend, theirs, 7, "what others created");
  await shownValue(backend, changed, 8, "what others replaced");
  const { backend: target } = await context.openAnother();
  await target.restore(await backend.snapshot());
  const { kind, format } = new Fixtures(context.capabilities);
  const values = async (from: typeof backend): Promise<unknown> => {
    const { items } = await from.list(kind, undefined, format);
    return items.map(({ ref, body }) => [ref.name, manifestValue(body)]);
  };
  await shows(target, async () => {
    assertEqual(await values(target), await values(backend), "what a snapshot has of others");
  });
}
