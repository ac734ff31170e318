/** WATCH: what writes show up as, and in what order. */

import type { StoreBackend } from "@engenho/sdk";
import { assert, assertEqual, fail, rejection } from "../../harness/assertions.ts";
import type { CheckContext } from "../../harness/check-context.ts";
import { Fixtures } from "../../harness/fixtures.ts";
import { assertQuiet } from "../../harness/sentinel.ts";
import { recordWatch, type WatchRecorder } from "../../harness/watch-recorder.ts";
import { assertChanges, WriteLog } from "../../harness/write-log.ts";
import type { Requirement } from "../requirement.ts";
import { watchMust } from "./must.ts";

export const watchLiveRequirements: readonly Requirement[] = [
  watchMust(
    "WATCH-003",
    "A create, a replacement and a delete come as `added`, `modified` and `deleted`, with the reference, body and revision of the write.",
    writesComeAsEvents,
  ),
  watchMust(
    "WATCH-004",
    "`deleted` carries the last body and the last live revision.",
    deletedCarriesTheLastState,
  ),
  watchMust("WATCH-005", "An apply that is `unchanged` makes no event.", unchangedMakesNoEvent),
  watchMust("WATCH-006", "A write that is refused makes no event.", refusedWritesMakeNoEvent),
  watchMust(
    "WATCH-012",
    "The events of one resource come in the order of its writes, one for each write.",
    orderOfWritesIsKept,
  ),
  watchMust("WATCH-013", "Each of several watches gets every event.", everyWatchGetsEverything),
  watchMust(
    "WATCH-033",
    "A resource that is deleted and created again comes as `deleted` and then `added`, with a revision that it never had.",
    recreationIsTwoEvents,
  ),
];

/** A watch of the first kind that has delivered its initial state. */
async function openLive(backend: StoreBackend): Promise<WatchRecorder> {
  const { kind, format } = new Fixtures(backend.capabilities);
  const recorder = await recordWatch(backend, kind, undefined, format);
  await recorder.initialState("a watch");
  return recorder;
}

async function writesComeAsEvents({ backend, capabilities }: CheckContext): Promise<void> {
  const fixtures = new Fixtures(capabilities);
  const recorder = await openLive(backend);
  const log = new WriteLog(backend);
  await log.apply(fixtures.manifest({ name: "written", value: 1 }));
  await log.apply(fixtures.manifest({ name: "written", value: 2 }));
  await log.delete(fixtures.ref("written"));
  const changes = await recorder.nextChanges(3, "after a create, a replacement and a delete");
  const types = changes.map(({ type }) => type);
  assertEqual(
    types,
    ["added", "modified", "deleted"],
    "events of a create, a replacement and a delete",
  );
  assertChanges(
    backend,
    changes.slice(0, 2),
    log.changes.slice(0, 2),
    "events of a create and a replacement",
  );
  assertEqual(changes[2]?.resource.ref.name, "written", "name in the event of the delete");
}

/** Once for a resource that the watch has seen changing, once for one that it knows from its initial state only. */
async function deletedCarriesTheLastState({ backend, capabilities }: CheckContext): Promise<void> {
  const fixtures = new Fixtures(capabilities);
  const log = new WriteLog(backend);
  for (const name of ["untouched", "changed"]) await log.apply(fixtures.manifest({ name }));
  const recorder = await openLive(backend);
  await log.apply(fixtures.manifest({ name: "changed", value: "the last body" }));
  await log.delete(fixtures.ref("changed"));
  await log.delete(fixtures.ref("untouched"));
  const changes = await recorder.nextChanges(3, "after a replacement and two deletes");
  assertChanges(backend, changes.slice(1), log.changes.slice(3), "events of two deletes");
}

async function unchangedMakesNoEvent({ backend, capabilities }: CheckContext): Promise<void> {
  const { format, body } = new Fixtures(capabilities).manifest({ name: "same" });
  await backend.apply(format, body);
  const recorder = await openLive(backend);
  for (let i = 0; i < 2; i++) await backend.apply(format, body.slice());
  await assertQuiet(backend, recorder, "after an identical apply");
}

async function refusedWritesMakeNoEvent({ backend, capabilities }: CheckContext): Promise<void> {
  const fixtures = new Fixtures(capabilities);
  const [before, after, traversal] = [
    fixtures.manifest({ name: "present", value: 1 }),
    fixtures.manifest({ name: "present", value: 2 }),
    fixtures.manifest({ name: "../outside" }),
  ] as const;
  const { revision } = await backend.apply(before.format, before.body);
  await backend.apply(after.format, after.body);
  const recorder = await openLive(backend);

  // A conditional write that the backend does not support is refused too.
  const refused: readonly (readonly [string, () => Promise<unknown>])[] = [
    ["a traversal", () => backend.apply(traversal.format, traversal.body)],
    [
      "a body that is no manifest",
      () => backend.apply(fixtures.format, new TextEncoder().encode("{")),
    ],
    [
      "a stale ifRevision",
      () => backend.apply(before.format, before.body, { ifRevision: revision }),
    ],
    [
      "a create of what is there",
      () => backend.apply(before.format, before.body, { ifRevision: "absent" }),
    ],
    [
      "a delete with a stale ifRevision",
      () => backend.delete(before.ref, { ifRevision: revision }),
    ],
    ["a delete of what is not there", () => backend.delete(fixtures.ref("missing"))],
  ];
  for (const [what, write] of refused) {
    if ((await rejection(write())) === undefined) fail(`${what} was not refused`);
  }
  await assertQuiet(backend, recorder, "after refused writes");
}

/** Three resources at once, so that what is done for one can overtake another. */
async function orderOfWritesIsKept({ backend, capabilities }: CheckContext): Promise<void> {
  const fixtures = new Fixtures(capabilities);
  const names = ["first", "second", "third"];
  const recorder = await openLive(backend);
  const writer = async (name: string): Promise<WriteLog> => {
    const log = new WriteLog(backend);
    for (let value = 0; value < 8; value++) {
      if (value === 5) await log.delete(fixtures.ref(name));
      else await log.apply(fixtures.manifest({ name, value }));
    }
    return log;
  };
  const logs = await Promise.all(names.map(writer));
  const changes = await recorder.nextChanges(
    3 * 8,
    "after eight writes of each of three resources",
  );
  for (const [index, log] of logs.entries()) {
    const own = changes.filter(({ resource }) => resource.ref.name === names[index]);
    assertChanges(backend, own, log.changes, "events of one resource");
  }
  await assertQuiet(backend, recorder, "after the last write");
}

async function everyWatchGetsEverything({ backend, capabilities }: CheckContext): Promise<void> {
  const fixtures = new Fixtures(capabilities);
  const recorders: WatchRecorder[] = [];
  for (let i = 0; i < 50; i++) recorders.push(await openLive(backend));
  const log = new WriteLog(backend);
  for (const name of ["one", "two", "three"]) await log.apply(fixtures.manifest({ name }));
  for (const [index, recorder] of recorders.entries()) {
    const what = `watch ${index + 1} of ${recorders.length}`;
    assertChanges(
      backend,
      await recorder.changesUntil(fixtures.ref("three"), what),
      log.changes,
      what,
    );
  }
}

async function recreationIsTwoEvents({ backend, capabilities }: CheckContext): Promise<void> {
  const manifest = new Fixtures(capabilities).manifest({ name: "phoenix" });
  const recorder = await openLive(backend);
  const log = new WriteLog(backend);
  const first = await log.apply(manifest);
  await log.delete(manifest.ref);
  const second = await log.apply(manifest);
  assert(first !== second, `the resource has its old revision ${first} after it was created again`);
  const changes = await recorder.nextChanges(3, "after a create, a delete and a create");
  assertChanges(backend, changes, log.changes, "events of a create, a delete and a create");
}
