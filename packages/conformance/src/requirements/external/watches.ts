/** EXT: what watches deliver of what others write. */

import { formatReference } from "@engenho/sdk";
import { assert, assertEqual } from "../../harness/assertions.ts";
import type { CheckContext } from "../../harness/check-context.ts";
import { Fixtures, formatsOf, manifestValue } from "../../harness/fixtures.ts";
import { assertKnowsList, assertQuiet } from "../../harness/sentinel.ts";
import { shows } from "../../harness/shows.ts";
import { type ChangeEvent, recordWatch } from "../../harness/watch-recorder.ts";
import type { Requirement } from "../requirement.ts";
import { externalMust, watches } from "./must.ts";
import { applyOwn, othersOf, shownMissing, shownValue } from "./others.ts";

export const externalWatchRequirements: readonly Requirement[] = [
  externalMust(
    "EXT-004",
    "What others create, replace and remove comes to a watch as `added`, `modified` and `deleted`, with its body; `deleted` carries the last body and revision.",
    eventsComeOfOthers,
    watches,
  ),
  externalMust(
    "EXT-005",
    "While others and the backend write resources of their own, a watch delivers one event for each write, and its reader ends up with the listed state.",
    nothingIsLostOrDoubled,
    watches,
  ),
  externalMust(
    "EXT-006",
    "Changes by others reach the watches of their kind and namespace only, in the format that the watch asks for.",
    changesKeepToTheirScope,
    watches,
  ),
  externalMust(
    "EXT-007",
    "A watch since the cursor of a list, or of an event, delivers the changes that others made after it, and none from before.",
    cursorsReachOverOthers,
    (capabilities) => watches(capabilities) && capabilities.resume,
  ),
];

/** Each change is seen before the next is made: changes in quick succession may come as one. */
async function eventsComeOfOthers(context: CheckContext): Promise<void> {
  const { backend } = context;
  const others = await othersOf(context);
  const { kind, format } = new Fixtures(context.capabilities);
  const { ref } = await others.put({ name: "theirs", value: 1 });
  await shows(backend, async () => {
    const { items } = await backend.list(kind, undefined, format);
    assertEqual(items.length, 1, "what others created: resources of a list");
  });
  const watch = await recordWatch(backend, kind, undefined, format);
  const { added } = await watch.initialState("a watch");
  assertEqual(added.map(describe), ["added theirs 1"], "initial state with what others created");
  const steps = [
    ["replaced", "modified theirs 2", () => others.put({ name: "theirs", value: 2 })],
    ["removed", "deleted theirs 2", () => others.remove(ref)],
    ["created", "added theirs 3", () => others.put({ name: "theirs", value: 3 })],
  ] as const;
  let last = added[0];
  for (const [done, expected, act] of steps) {
    await act();
    const event = await watch.nextChange(`a watch of what others ${done}`);
    assertEqual(describe(event), expected, `event of what others ${done}`);
    if (event.type === "deleted")
      assertEqual(event.resource.revision, last?.resource.revision, "revision in `deleted`");
    last = event;
  }
  await assertQuiet(backend, watch, "a watch of what others did");
}

async function nothingIsLostOrDoubled(context: CheckContext): Promise<void> {
  const { backend, full } = context;
  const others = await othersOf(context);
  const { kind, format } = new Fixtures(context.capabilities);
  const count = full ? 60 : 20;
  const what = "a watch while others write";
  const watch = await recordWatch(backend, kind, undefined, format);
  await watch.initialState(what);
  const write = async (prefix: string, one: (name: string) => Promise<unknown>): Promise<void> => {
    for (let i = 0; i < count; i++) await one(`${prefix}-${i}`);
  };
  await Promise.all([
    write("own", (name) => applyOwn(backend, { name })),
    write("theirs", (name) => others.put({ name })),
  ]);
  const changes = await watch.nextChanges(2 * count, what);
  const told = changes.map(describe).sort();
  const expected = ["own", "theirs"].flatMap((prefix) =>
    Array.from({ length: count }, (_, i) => `added ${prefix}-${i} 0`),
  );
  assertEqual(told, expected.sort(), `${what}: its events`);
  await assertQuiet(backend, watch, what);
  await assertKnowsList(backend, watch, what);
}

async function changesKeepToTheirScope(context: CheckContext): Promise<void> {
  const { backend, capabilities } = context;
  const others = await othersOf(context);
  const fixtures = new Fixtures(capabilities);
  const { kind, otherKind, format } = fixtures;
  const native = formatsOf(capabilities, kind).includes("native") ? "native" : format;
  const watch = await recordWatch(backend, kind, "default", native);
  await watch.initialState("a watch of one namespace");
  await others.put({ name: "elsewhere", namespace: "default-2" });
  if (otherKind !== kind) await others.put({ name: "another-kind", kind: otherKind });
  const { ref } = await others.put({ name: "here", value: 5 });
  const event = await watch.nextChange("a watch of one namespace");
  assertEqual(
    [event.type, formatReference(event.resource.ref), event.resource.format],
    ["added", formatReference(ref), native],
    "first event of a watch of one namespace",
  );
  assertEqual(manifestValue(event.resource.body), "5", `body as ${native}`);
  await assertQuiet(backend, watch, "a watch of one namespace, after others' changes of another");
}

async function cursorsReachOverOthers(context: CheckContext): Promise<void> {
  const { backend } = context;
  const others = await othersOf(context);
  const { kind, format } = new Fixtures(context.capabilities);
  for (const name of ["before", "changed", "gone"]) await applyOwn(backend, { name });
  const { cursor } = await backend.list(kind, undefined, format);
  await shownValue(backend, await others.put({ name: "a", value: 1 }), 1, "what others created");
  const changed = await others.put({ name: "changed", value: 1 });
  await shownValue(backend, changed, 1, "what others replaced");
  const gone = new Fixtures(context.capabilities).ref("gone");
  await others.remove(gone);
  await shownMissing(backend, gone, "what others removed");
  await applyOwn(backend, { name: "d", value: 1 });
  const watch = await recordWatch(backend, kind, undefined, format, { since: cursor });
  const events = await watch.nextChanges(4, "a watch since a list");
  const expected = ["added a 1", "modified changed 1", "deleted gone 0", "added d 1"];
  assertEqual(events.map(describe), expected, "changes since a list");
  for (const [index, event] of events.entries()) {
    assert("cursor" in event, "an event has a cursor");
    const what = `a watch since event ${index + 1}`;
    const options = { since: event.cursor };
    const resumed = await recordWatch(backend, kind, undefined, format, options);
    const rest = await resumed.nextChanges(expected.length - index - 1, what);
    assertEqual(rest.map(describe), expected.slice(index + 1), `${what}: changes`);
    await assertQuiet(backend, resumed, what, index);
    await resumed.watch.close();
    expected.push(`added zz-sentinel-${index} 0`);
  }
}

function describe({ type, resource: { ref, body } }: ChangeEvent): string {
  return `${type} ${ref.name} ${manifestValue(body)}`;
}
