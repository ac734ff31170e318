/** WATCH: what a watch begins with, and how live events follow it. */

import { formatReference, type StoreBackend } from "@engenho/sdk";
import { assertBytes, assertEqual, fail } from "../../harness/assertions.ts";
import type { CheckContext } from "../../harness/check-context.ts";
import { Fixtures, keepsBytes } from "../../harness/fixtures.ts";
import { assertKnowsList, sentinel } from "../../harness/sentinel.ts";
import { type ChangeEvent, recordWatch, type WatchRecorder } from "../../harness/watch-recorder.ts";
import { describeEvent, WriteLog } from "../../harness/write-log.ts";
import { fillStore } from "../fill-store.ts";
import type { Requirement } from "../requirement.ts";
import { watchMust } from "./must.ts";

export const watchReplayRequirements: readonly Requirement[] = [
  watchMust(
    "WATCH-001",
    "A watch first delivers the present state as `added` events in list order, then a bookmark.",
    presentStateComesFirst,
  ),
  watchMust(
    "WATCH-002",
    "A watch of something of which there is nothing delivers a bookmark at once.",
    emptyStateIsABookmark,
  ),
  watchMust(
    "WATCH-011",
    "Between the initial state and the live events there is no gap and no duplicate, even if the watch is opened while writes are under way.",
    nothingIsLostAtRegistration,
  ),
];

async function presentStateComesFirst(context: CheckContext): Promise<void> {
  const { backend, capabilities } = context;
  await manyComeWhole((await context.openAnother()).backend);
  const fixtures = new Fixtures(capabilities);
  const log = new WriteLog(backend);
  for (const name of ["m-2", "z", "m", "a", "m-10"]) {
    await log.apply(fixtures.manifest({ name }));
    await log.apply(fixtures.manifest({ name, namespace: "another", value: name }));
  }
  const { items } = await backend.list(fixtures.kind, undefined, fixtures.format);
  const recorder = await recordWatch(backend, fixtures.kind, undefined, fixtures.format);
  const { added } = await recorder.initialState("a watch of ten resources");

  const expected = items.map(({ ref, revision }) => `added ${formatReference(ref)} ${revision}`);
  assertEqual(added.map(describeEvent), expected, "initial state, compared with a list");
  if (!keepsBytes(capabilities, fixtures.kind)) return;
  for (const [index, { ref, body }] of items.entries()) {
    const shown = added[index]?.resource.body ?? new Uint8Array();
    assertBytes(shown, body, `body of ${formatReference(ref)} in the initial state`);
  }
}

async function manyComeWhole(backend: StoreBackend): Promise<void> {
  const { kind, format } = new Fixtures(backend.capabilities);
  const manifests = await fillStore(backend);
  const recorder = await recordWatch(backend, kind, undefined, format);
  const { added } = await recorder.initialState("a watch of many resources");
  assertEqual(
    added.map(({ resource }) => resource.ref.name),
    manifests.map(({ ref }) => ref.name),
    "names in the initial state of a watch of many resources",
  );
}

async function emptyStateIsABookmark({ backend, capabilities }: CheckContext): Promise<void> {
  const fixtures = new Fixtures(capabilities);
  const elsewhere = fixtures.manifest({ name: "elsewhere", namespace: "another" });
  await backend.apply(elsewhere.format, elsewhere.body);
  const recorder = await recordWatch(backend, fixtures.kind, "default", fixtures.format);
  const { type } = await recorder.next("a watch of an empty namespace");
  assertEqual(type, "bookmark", "first event of a watch of an empty namespace");
}

/** Every writer opens watches beside its own writes, so that registrations fall into the middle of others'. */
async function nothingIsLostAtRegistration({
  backend,
  capabilities,
  full,
}: CheckContext): Promise<void> {
  const fixtures = new Fixtures(capabilities);
  const rounds = full ? 60 : 12;
  for (const name of ["still-1", "still-2", "still-3"]) {
    const { format, body } = fixtures.manifest({ name });
    await backend.apply(format, body);
  }
  const end = sentinel(backend);
  const reading: Promise<WatchRecorder>[] = [];
  const writer = async (name: string): Promise<WriteLog> => {
    const log = new WriteLog(backend);
    for (let round = 0; round < rounds; round++) {
      if (round % 4 === 3) await log.delete(fixtures.ref(name));
      else await log.apply(fixtures.manifest({ name, value: round }));
      if (round % 3 === 0) reading.push(readUntil(backend, end.ref.name));
    }
    return log;
  };
  const writing = Promise.all(["busy-1", "busy-2", "busy-3", "busy-4"].map(writer));
  reading.push(readUntil(backend, end.ref.name));
  const logs = await writing;
  await backend.apply(end.format, end.body);

  for (const recorder of await Promise.all(reading)) {
    for (const log of logs) assertTailOf(log, recorder);
    await assertKnowsList(backend, recorder, "a watch opened while writes were under way");
  }
}

async function readUntil(backend: StoreBackend, name: string): Promise<WatchRecorder> {
  const { kind, format } = new Fixtures(backend.capabilities);
  const what = "a watch opened while writes were under way";
  const recorder = await recordWatch(backend, kind, undefined, format);
  await recorder.until((event) => {
    if (event.type === "reset") return fail(`${what}: a reset came (${event.reason})`);
    return "resource" in event && event.resource.ref.name === name;
  }, what);
  return recorder;
}

/** Fails unless what the reader saw of a resource is the end of its history, complete and in order. */
function assertTailOf({ changes }: WriteLog, { events }: WatchRecorder): void {
  const ref = changes[0]?.manifest.ref;
  const seen = events.filter(
    (event): event is ChangeEvent => "resource" in event && event.resource.ref.name === ref?.name,
  );
  const steps = seen.map(describeEvent);
  // The first one may be the state that a later write had left, shown as `added`.
  const tail = changes
    .slice(changes.length - seen.length)
    .map(({ type, manifest, revision }, index) => {
      const shownAs = index === 0 && type === "modified" ? "added" : type;
      return `${shownAs} ${formatReference(manifest.ref)} ${revision}`;
    });
  assertEqual(steps, tail, "events of one resource, compared with the end of its history");
}
