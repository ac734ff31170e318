/** EXT: what the backend's own writes come to beside those of others. */

import { encodeSnapshot } from "@engenho/sdk";
import { assert, assertEqual, assertRejects } from "../../harness/assertions.ts";
import type { CheckContext } from "../../harness/check-context.ts";
import { Fixtures, keepsBytes, manifestValue } from "../../harness/fixtures.ts";
import { assertKnowsList, changesBeforeSentinel } from "../../harness/sentinel.ts";
import { snapshotEntry } from "../../harness/snapshot-entry.ts";
import { shows } from "../../harness/shows.ts";
import { recordWatch } from "../../harness/watch-recorder.ts";
import type { Requirement } from "../requirement.ts";
import { externalMust, watches } from "./must.ts";
import { applyOwn, assertValue, othersOf, shownMissing, shownValue } from "./others.ts";

export const externalWriteRequirements: readonly Requirement[] = [
  externalMust(
    "EXT-008",
    "With `ifRevision`, a write over a revision that others have replaced (even if its bytes are back) or removed, or that creates what others have created, is `conflict` (`conflict` or `not_found` for a delete of what is gone) and changes nothing, whether or not the change was shown yet; over theirs it goes through.",
    conditionsCountOthers,
    ({ preconditions }) => preconditions.length > 0,
  ),
  externalMust(
    "EXT-009",
    "`apply` and `delete` tell what they met of what others have written: `created`, `replaced`, `unchanged` and `not_found` are true of the system, at once where `reads` is `linearizable`.",
    answersCountOthers,
  ),
  externalMust(
    "EXT-010",
    "An own write that was acknowledged is not overtaken by a change that others made before it: no later read and no later event shows that change.",
    ownWritesStay,
    watches,
  ),
  externalMust(
    "EXT-011",
    "A restore replaces what others have written too; what they write while it runs is there afterwards or not, and a watch gets a `reset` and ends up with the listed state.",
    restoresReplaceOthers,
    (capabilities) =>
      watches(capabilities) &&
      capabilities.verbs.includes("restore") &&
      capabilities.restore !== "none",
  ),
];

/** What others do to a resource. Changed back, it has the same bytes and another revision. */
const acts = ["replaced", "removed", "changed and changed back"] as const;

/** Nothing asks for the change before the write does. */
async function conditionsCountOthers(context: CheckContext): Promise<void> {
  const { backend, capabilities } = context;
  const others = await othersOf(context);
  const fixtures = new Fixtures(capabilities);
  const has = (one: (typeof capabilities.preconditions)[number]): boolean =>
    capabilities.preconditions.includes(one);
  const refused = async (
    verb: "apply" | "delete",
    name: string,
    act: (typeof acts)[number],
  ): Promise<void> => {
    const what = `${verb} over what others ${act}`;
    const { ref, revision } = await applyOwn(backend, { name, value: "old" });
    const isBack = act === "changed and changed back";
    const value = isBack ? "old" : "theirs";
    const theirs = fixtures.manifest({ name, value });
    if (isBack) await others.put({ name, value: "theirs" });
    await (act === "removed" ? others.remove(ref) : others.put({ name, value }));
    const { format, body } = fixtures.manifest({ name, value: "ours" });
    const options = { ifRevision: revision };
    const write =
      verb === "apply" ? backend.apply(format, body, options) : backend.delete(ref, options);
    const isGone = verb === "delete" && act === "removed";
    await assertRejects(write, isGone ? ["conflict", "not_found"] : "conflict", what);
    if (act === "removed") return shownMissing(backend, ref, what);
    let shown = revision;
    await shows(backend, async () => {
      ({ revision: shown } = await assertValue(backend, theirs, value, what));
      assert(shown !== revision, `${what}: get shows the revision from before`);
    });
    if (verb === "apply") await backend.apply(format, body, { ifRevision: shown });
    else await backend.delete(ref, { ifRevision: shown });
  };
  for (const [number, act] of acts.entries()) {
    if (has("replace")) await refused("apply", `applied-${number}`, act);
    if (has("delete")) await refused("delete", `deleted-${number}`, act);
  }
  if (!has("create")) return;
  const created = await others.put({ name: "created", value: "theirs" });
  const { format, body } = fixtures.manifest({ name: "created", value: "ours" });
  const creating = backend.apply(format, body, { ifRevision: "absent" });
  await assertRejects(creating, "conflict", "creating what others created");
  await shownValue(backend, created, "theirs", "creating what others created");
  await others.remove(created.ref);
  await shownMissing(backend, created.ref, "what others removed");
  await backend.apply(format, body, { ifRevision: "absent" });
}

async function answersCountOthers(context: CheckContext): Promise<void> {
  const { backend, capabilities } = context;
  const others = await othersOf(context);
  const told = async (value: string, expected: string, what: string): Promise<void> => {
    const { operation } = await applyOwn(backend, { name: "a", value });
    assertEqual(operation, expected, `what apply tells ${what}`);
  };
  // Where reads need not be current, neither need answers: there the change is shown first.
  const isCurrent = capabilities.reads === "linearizable";
  const theirs = async (value: string): Promise<void> => {
    const manifest = await others.put({ name: "a", value });
    if (!isCurrent) await shownValue(backend, manifest, value, "what others wrote");
  };
  const { ref } = new Fixtures(capabilities).manifest({ name: "a" });
  const removed = async (): Promise<void> => {
    await others.remove(ref);
    if (!isCurrent) await shownMissing(backend, ref, "what others removed");
  };
  await theirs("1");
  await told("2", "replaced", "of what others created");
  await removed();
  await told("2", "created", "of what others removed");
  await theirs("3");
  await told("2", "replaced", "of its own bytes over what others replaced");
  await theirs("4");
  if (keepsBytes(capabilities, ref.kind))
    await told("4", "unchanged", "of the bytes that others wrote");
  await removed();
  await assertRejects(backend.delete(ref), "not_found", "delete of what others removed");
  await theirs("5");
  await backend.delete(ref);
  await shownMissing(backend, ref, "what others created and the backend deleted");
}

/** Round after round others write first; whatever is late comes into a later round. */
async function ownWritesStay(context: CheckContext): Promise<void> {
  const { backend, full } = context;
  const others = await othersOf(context);
  const { kind, format } = new Fixtures(context.capabilities);
  const what = "a watch of a resource that others write first";
  const watch = await recordWatch(backend, kind, undefined, format);
  await watch.initialState(what);
  const last = (full ? 50 : 15) - 1;
  const order: string[] = [];
  for (let round = 0; round <= last; round++) {
    const manifest = await others.put({ name: "a", value: `${round}x` });
    await applyOwn(backend, { name: "a", value: `${round}y` });
    await assertValue(backend, manifest, `${round}y`, "an own write over an older change");
    const { items } = await backend.list(kind, undefined, format);
    assertEqual(
      items.map(({ body }) => manifestValue(body)),
      [`${round}y`],
      "a list after an own write over an older change",
    );
    order.push(`${round}x`, `${round}y`);
  }
  let latest = -1;
  for (const { type, resource } of await changesBeforeSentinel(backend, watch, what)) {
    const value = manifestValue(resource.body) ?? "nothing";
    const position = order.indexOf(value);
    assert(
      type !== "deleted" && position > latest,
      `${what}: ${value} comes after ${order[latest]}`,
    );
    latest = position;
  }
  // Changes in quick succession may come as one.
  assertEqual(order[latest], order.at(-1), `${what}: its last event`);
  await assertValue(
    backend,
    new Fixtures(context.capabilities).manifest({ name: "a" }),
    `${last}y`,
    "in the end",
  );
}

async function restoresReplaceOthers(context: CheckContext): Promise<void> {
  const { backend } = context;
  const others = await othersOf(context);
  const { kind, format } = new Fixtures(context.capabilities);
  await applyOwn(backend, { name: "kept" });
  const kept = new Fixtures(context.capabilities).manifest({ name: "kept" });
  const snapshot = encodeSnapshot([snapshotEntry(kept)]);
  const theirs = await others.put({ name: "theirs" });
  await shownValue(backend, theirs, 0, "what others created");
  const changed = await others.put({ name: "kept", value: 1 });
  await shownValue(backend, changed, 1, "what others replaced");
  const watch = await recordWatch(backend, kind, undefined, format);
  await watch.initialState("a watch before a restore");
  await backend.restore(snapshot);
  const { items } = await backend.list(kind, undefined, format);
  assertEqual(
    items.map(({ ref, body }) => [ref.name, manifestValue(body)]),
    [["kept", "0"]],
    "what a restore has left of what others wrote",
  );
  await watch.until(({ type }) => type === "reset", "a watch, up to the reset of a restore");
  await Promise.all([
    backend.restore(snapshot),
    ...[0, 1, 2].map((value) => others.put({ name: `meanwhile-${value}`, value })),
  ]);
  const after = await others.put({ name: "after" });
  await shownValue(backend, after, 0, "what others wrote after a restore");
  let mark = 0;
  await shows(backend, async () => {
    // What has come so far, up to the event of a write that is made now.
    const { ref } = await applyOwn(backend, { name: `zz-now-${mark++}` });
    await watch.until(
      (event) => "resource" in event && event.resource.ref.name === ref.name,
      "a watch after a restore",
    );
    await assertKnowsList(backend, watch, "a watch after a restore beside others");
  });
}
