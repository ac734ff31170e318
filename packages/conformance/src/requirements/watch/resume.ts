/** WATCH: continuing from a cursor. */

import type { Capabilities, Cursor, ResourceFormat, StoreBackend } from "@engenho/sdk";
import { assertEqual, fail, show } from "../../harness/assertions.ts";
import type { CheckContext } from "../../harness/check-context.ts";
import { Fixtures, takesFormat } from "../../harness/fixtures.ts";
import { assertKnowsList } from "../../harness/sentinel.ts";
import { type ChangeEvent, recordWatch, type WatchRecorder } from "../../harness/watch-recorder.ts";
import { assertChanges, type ExpectedChange, WriteLog } from "../../harness/write-log.ts";
import type { Requirement } from "../requirement.ts";
import { watchMust } from "./must.ts";
import { assertResumes } from "./resume-anew.ts";

const resumes = ({ resume }: { readonly resume: boolean }): boolean => resume;

export const watchResumeRequirements: readonly Requirement[] = [
  watchMust(
    "WATCH-014",
    "A watch since a list's cursor delivers exactly the changes after that list, then a bookmark, then live events.",
    resumeFromAList,
    resumes,
  ),
  watchMust(
    "WATCH-015",
    "A watch since an event's cursor delivers the changes after that event, and not the event again.",
    resumeFromAnEvent,
    resumes,
  ),
  watchMust(
    "WATCH-016",
    "A watch since a bookmark's cursor delivers the changes after that bookmark, and no more.",
    resumeFromABookmark,
    resumes,
  ),
  watchMust(
    "WATCH-017",
    "A watch since a cursor that the store does not know begins with a `reset`, the whole present state and a bookmark.",
    unknownCursorsReset,
  ),
  watchMust(
    "WATCH-018",
    "Where `resume` is false, a watch since any cursor begins with a `reset`, the whole present state and a bookmark.",
    everyCursorResets,
    ({ resume }) => !resume,
  ),
  watchMust(
    "WATCH-031",
    "A watch since a cursor from before the store was opened anew delivers what was missed, or a `reset` and the present state; it never leaves a gap.",
    (context) => assertResumes(context, "reopen", () => context.reopen()),
    ({ durability }) => durability !== "none",
  ),
  watchMust(
    "WATCH-032",
    "The bookmark behind the initial state comes before every live event, and a watch since its cursor delivers all of those, however late it was read.",
    lateBookmarkMissesNothing,
    resumes,
  ),
  watchMust(
    "WATCH-035",
    "A watch since the cursor of an `added` event in the initial state leaves out nothing that came behind that event.",
    resumeInsideTheInitialState,
  ),
];

const what = "a resumed watch";

/** What a resumed watch may ask for beside the cursor. */
interface Asked {
  /** Default: every namespace. */
  readonly namespace?: string | undefined;
  /** Default: that of the fixtures. */
  readonly format?: ResourceFormat | undefined;
}

function openSince(
  backend: StoreBackend,
  since: Cursor,
  { namespace, format }: Asked = {},
): Promise<WatchRecorder> {
  const fixtures = new Fixtures(backend.capabilities);
  return recordWatch(backend, fixtures.kind, namespace, format ?? fixtures.format, { since });
}

/** Fails unless the watch begins with these changes and a bookmark; returns the changes. */
async function assertMissed(
  backend: StoreBackend,
  recorder: WatchRecorder,
  missed: readonly ExpectedChange[],
): Promise<readonly ChangeEvent[]> {
  const changes: ChangeEvent[] = [];
  for (;;) {
    const event = await recorder.next(what);
    if (event.type === "bookmark") break;
    if (event.type === "reset")
      fail(`${what}: a reset came (${event.reason}) although nothing was lost`);
    changes.push(event);
  }
  assertChanges(
    backend,
    changes,
    missed,
    "changes that a resumed watch delivers before its bookmark",
  );
  return changes;
}

/** Fails unless the watch begins with a reset, the present state in list order and a bookmark. */
async function assertFreshStart(
  backend: StoreBackend,
  recorder: WatchRecorder,
  about: string,
  namespace?: string,
): Promise<void> {
  const { type } = await recorder.next(about);
  assertEqual(type, "reset", `${about}: first event`);
  const { kind, format } = new Fixtures(backend.capabilities);
  const { items } = await backend.list(kind, namespace, format);
  const { added } = await recorder.initialState(about);
  const names = added.map(({ resource }) => resource.ref.name);
  assertEqual(
    names,
    items.map(({ ref }) => ref.name),
    `${about}: state after the reset`,
  );
}

async function resumeFromAList({ backend, capabilities }: CheckContext): Promise<void> {
  const fixtures = new Fixtures(capabilities);
  const before = new WriteLog(backend);
  for (const name of ["changed", "deleted", "untouched"])
    await before.apply(fixtures.manifest({ name }));
  const { cursor } = await backend.list(fixtures.kind, undefined, fixtures.format);
  const seen = before.changes.length;
  for (const value of [1, 2]) await before.apply(fixtures.manifest({ name: "changed", value }));
  await before.delete(fixtures.ref("deleted"));
  await before.apply(fixtures.manifest({ name: "created" }));
  const recorder = await openSince(backend, cursor);
  await assertMissed(backend, recorder, before.changes.slice(seen));

  const live = new WriteLog(backend);
  await live.apply(fixtures.manifest({ name: "live" }));
  assertChanges(
    backend,
    await recorder.nextChanges(1, what),
    live.changes,
    "live events of a resumed watch",
  );
  await resumeNarrowed(backend);
}

/** The same with a namespace, while another one changes, and in a second format if there is one. */
async function resumeNarrowed(backend: StoreBackend): Promise<void> {
  const fixtures = new Fixtures(backend.capabilities);
  const { kind } = fixtures;
  const format = secondFormat(backend.capabilities);
  const log = new WriteLog(backend);
  const write = async (name: string, value: number): Promise<void> => {
    await backend.apply(
      fixtures.format,
      fixtures.manifest({ name, value, namespace: "elsewhere" }).body,
    );
    await log.apply(fixtures.manifest({ name, value, namespace: "narrow" }));
  };
  await write("changed", 0);
  await write("deleted", 0);
  const { cursor } = await backend.list(kind, "narrow", fixtures.format);
  const seen = log.changes.length;
  await write("changed", 1);
  for (const namespace of ["elsewhere", "narrow"]) {
    const ref = fixtures.ref("deleted", namespace);
    await (namespace === "narrow" ? log.delete(ref) : backend.delete(ref));
  }
  await write("created", 0);
  const recorder = await openSince(backend, cursor, { namespace: "narrow", format });
  const missed = await assertMissed(backend, recorder, log.changes.slice(seen));
  const before = log.changes.length;
  await write("live", 0);
  const live = await recorder.nextChanges(1, what);
  assertChanges(backend, live, log.changes.slice(before), "live events of a resumed watch");
  for (const { type, resource } of [...missed, ...live])
    assertEqual(
      resource.format,
      format,
      `format of the ${type} event of a watch resumed in ${format}`,
    );
}

/** A format beside that of the fixtures which every resource of theirs can be read in, or else theirs. */
function secondFormat(capabilities: Capabilities): ResourceFormat {
  const { kind, format } = new Fixtures(capabilities);
  const others = format === "hcl" ? ["native"] : ["json", "native"];
  const isOther = (one: ResourceFormat): boolean =>
    one !== format && takesFormat(capabilities, one, kind);
  return others.find(isOther) ?? format;
}

async function resumeFromAnEvent({ backend, capabilities }: CheckContext): Promise<void> {
  const fixtures = new Fixtures(capabilities);
  const recorder = await recordWatch(backend, fixtures.kind, undefined, fixtures.format);
  await recorder.initialState("a watch");
  const log = new WriteLog(backend);
  for (const name of ["one", "two"]) await log.apply(fixtures.manifest({ name }));
  await log.apply(fixtures.manifest({ name: "one", value: 1 }));
  await log.delete(fixtures.ref("two"));
  const changes = await recorder.nextChanges(4, "a watch");
  for (const [index, { cursor }] of changes.entries()) {
    await assertMissed(backend, await openSince(backend, cursor), log.changes.slice(index + 1));
  }
}

async function resumeFromABookmark({ backend, capabilities }: CheckContext): Promise<void> {
  const fixtures = new Fixtures(capabilities);
  const log = new WriteLog(backend);
  for (const name of ["one", "two"]) await log.apply(fixtures.manifest({ name }));
  const first = await recordWatch(backend, fixtures.kind, undefined, fixtures.format);
  const { cursor } = await first.initialState("a watch");
  const again = await openSince(backend, cursor);
  await assertMissed(backend, again, []);
  const second = again.events.findLast(({ type }) => type === "bookmark");
  await log.apply(fixtures.manifest({ name: "three" }));
  await assertMissed(backend, await openSince(backend, cursor), log.changes.slice(2));
  if (second?.type !== "bookmark") return fail(`${what} delivered no bookmark`);
  await assertMissed(backend, await openSince(backend, second.cursor), log.changes.slice(2));
}

async function unknownCursorsReset({ backend, capabilities }: CheckContext): Promise<void> {
  const { format, body } = new Fixtures(capabilities).manifest({ name: "present" });
  await backend.apply(format, body);
  for (const since of ["no such cursor", "-1", "\u{1f4d6}\n", "9".repeat(4_000)]) {
    const recorder = await openSince(backend, since as Cursor);
    await assertFreshStart(backend, recorder, `a watch since ${show(since)}`);
  }
  await assertNarrowStart(backend, "no such cursor" as Cursor);
}

/** A reset too keeps to the namespace that was asked for. */
async function assertNarrowStart(backend: StoreBackend, since: Cursor): Promise<void> {
  const { format, body } = new Fixtures(backend.capabilities).manifest({
    name: "present-elsewhere",
    namespace: "elsewhere",
  });
  await backend.apply(format, body);
  const recorder = await openSince(backend, since, { namespace: "default" });
  await assertFreshStart(backend, recorder, `${what} with a namespace`, "default");
}

async function everyCursorResets({ backend, capabilities }: CheckContext): Promise<void> {
  const fixtures = new Fixtures(capabilities);
  const recorder = await recordWatch(backend, fixtures.kind, undefined, fixtures.format);
  const bookmark = (await recorder.initialState("a watch")).cursor;
  const { format, body } = fixtures.manifest({ name: "present" });
  await backend.apply(format, body);
  const event = (await recorder.nextChange("a watch")).cursor;
  const list = (await backend.list(fixtures.kind, undefined, fixtures.format)).cursor;
  for (const since of [bookmark, event, list])
    await assertFreshStart(backend, await openSince(backend, since), what);
  await assertNarrowStart(backend, list);
}

/** The writes happen before the reader has read anything. */
async function lateBookmarkMissesNothing({ backend, capabilities }: CheckContext): Promise<void> {
  const fixtures = new Fixtures(capabilities);
  const before = new WriteLog(backend);
  for (const name of ["one", "two"]) await before.apply(fixtures.manifest({ name }));
  const late = await recordWatch(backend, fixtures.kind, undefined, fixtures.format);
  const seen = before.changes.length;
  await before.apply(fixtures.manifest({ name: "one", value: 1 }));
  await before.delete(fixtures.ref("two"));
  await before.apply(fixtures.manifest({ name: "three" }));

  const { added, cursor } = await late.initialState("a watch that is read late");
  const initial = before.changes.slice(0, seen);
  assertChanges(backend, added, initial, "initial state of a watch that is read late");
  const live = await late.nextChanges(3, "a watch that is read late");
  assertChanges(
    backend,
    live,
    before.changes.slice(seen),
    "live events of a watch that is read late",
  );
  await assertMissed(backend, await openSince(backend, cursor), before.changes.slice(seen));
}

/** A reader that was cut off after the first of three resources holds that one only. */
async function resumeInsideTheInitialState({ backend, capabilities }: CheckContext): Promise<void> {
  const fixtures = new Fixtures(capabilities);
  for (const name of ["one", "three", "two"]) {
    const { format, body } = fixtures.manifest({ name });
    await backend.apply(format, body);
  }
  const cutOff = await recordWatch(backend, fixtures.kind, undefined, fixtures.format);
  const { cursor } = await cutOff.nextChange("a watch");
  await cutOff.watch.close();
  const recorder = await openSince(backend, cursor);
  for (const [key, resource] of cutOff.state) recorder.state.set(key, resource);
  await recorder.untilBookmark("a watch since the first event of an initial state");
  await assertKnowsList(backend, recorder, "a watch since the first event of an initial state");
}
