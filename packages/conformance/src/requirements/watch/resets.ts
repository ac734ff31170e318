/** WATCH: when a reader is told to start over, and when it is not. */

import { encodeSnapshot, type StoreBackend, type WatchEvent } from "@engenho/sdk";
import { assert, assertEqual } from "../../harness/assertions.ts";
import type { CheckContext } from "../../harness/check-context.ts";
import { applyAll, applyAtOnce, Fixtures } from "../../harness/fixtures.ts";
import {
  assertKnowsList,
  assertQuiet,
  changesBeforeSentinel,
  sentinel,
} from "../../harness/sentinel.ts";
import { snapshotEntry } from "../../harness/snapshot-entry.ts";
import { withPatience } from "../../harness/patience.ts";
import { recordWatch } from "../../harness/watch-recorder.ts";
import { assertChanges, WriteLog } from "../../harness/write-log.ts";
import { manyManifests } from "../fill-store.ts";
import type { Requirement } from "../requirement.ts";
import { watchMust } from "./must.ts";

export const watchResetRequirements: readonly Requirement[] = [
  watchMust(
    "WATCH-019",
    "A reader that stops does not hold up writers; once more than `bufferLimit` events wait for it, it gets a `reset` and then the true state.",
    stalledReaderIsReset,
  ),
  watchMust(
    "WATCH-020",
    "As many as `bufferLimit` events wait for a reader without a `reset`.",
    async (context) => {
      await fullBufferIsDelivered(context);
      await defaultBufferIsDelivered((await context.openAnother()).backend);
    },
  ),
  watchMust(
    "WATCH-021",
    "An initial state larger than `bufferLimit` is delivered whole, without a `reset`.",
    initialStateIsNotBuffered,
  ),
  watchMust(
    "WATCH-029",
    "A restore yields one `reset` for each watch, followed by the restored state and a bookmark.",
    restoreIsOneReset,
    ({ restore, verbs }) => restore !== "none" && verbs.includes("restore"),
  ),
];

async function stalledReaderIsReset({ backend, capabilities }: CheckContext): Promise<void> {
  const what = "a reader that stopped";
  const bufferLimit = 4;
  const fixtures = new Fixtures(capabilities);
  const stalled = await recordWatch(backend, fixtures.kind, undefined, fixtures.format, {
    bufferLimit,
  });
  await stalled.initialState(what);
  // The witness tells when the events of the writes have arrived.
  const witness = await recordWatch(backend, fixtures.kind, undefined, fixtures.format);
  const last = sentinel(backend);
  for (let value = 0; value < 3 * bufferLimit; value++) {
    const { format, body } = fixtures.manifest({ name: `written-${value % 5}`, value });
    await withPatience(
      backend.apply(format, body),
      "a write beside a reader that stopped did not resolve",
    );
  }
  await backend.apply(last.format, last.body);
  await witness.changesUntil(last.ref, "a reader that goes on");

  const reading = stalled.until((event) => event.type === "reset" || isSentinel(event), what);
  // Who has dropped events without a word has room again, and gives itself away by delivering these.
  await applyAll(backend, [sentinel(backend, 1), sentinel(backend, 2)]);
  const events = await reading;
  const overflow = `${3 * bufferLimit + 1} events with a bufferLimit of ${bufferLimit}`;
  assertEqual(events.at(-1)?.type, "reset", `${what}: what ${overflow} end in`);
  await stalled.initialState(`${what}, after its reset`);
  await changesBeforeSentinel(backend, stalled, `${what}, after its reset`, 3);
  await assertKnowsList(backend, stalled, what);
}

function isSentinel(event: WatchEvent): boolean {
  return "resource" in event && event.resource.ref.name.startsWith("zz-sentinel");
}

async function fullBufferIsDelivered({ backend, capabilities }: CheckContext): Promise<void> {
  const bufferLimit = 5;
  const fixtures = new Fixtures(capabilities);
  const slow = await recordWatch(backend, fixtures.kind, undefined, fixtures.format, {
    bufferLimit,
  });
  await slow.initialState("a slow reader");
  const witness = await recordWatch(backend, fixtures.kind, undefined, fixtures.format);
  await witness.initialState("a fast reader");
  const log = new WriteLog(backend);
  for (let value = 0; value < bufferLimit; value++)
    await log.apply(fixtures.manifest({ name: "written", value }));
  await witness.nextChanges(bufferLimit, "a fast reader");
  const changes = await slow.nextChanges(
    bufferLimit,
    `a reader with ${bufferLimit} waiting events, as many as its bufferLimit`,
  );
  assertChanges(backend, changes, log.changes, "events that waited");
}

/** Of the contract. */
const defaultBufferLimit = 1_024;

/** Slow stores write as many at once as they can: the order is that of the events. */
async function defaultBufferIsDelivered(backend: StoreBackend): Promise<void> {
  const { kind, format } = new Fixtures(backend.capabilities);
  const slow = await recordWatch(backend, kind, undefined, format);
  await slow.initialState("a slow reader");
  const manifests = manyManifests(backend.capabilities, defaultBufferLimit);
  await applyAtOnce(backend, manifests);
  const what = `a reader with ${defaultBufferLimit} waiting events and no bufferLimit of its own`;
  const changes = await slow.nextChanges(defaultBufferLimit, what);
  assertEqual(
    changes.map(({ resource }) => resource.ref.name).sort(),
    manifests.map(({ ref }) => ref.name),
    `${what}: names in its events`,
  );
}

async function initialStateIsNotBuffered({ backend, capabilities }: CheckContext): Promise<void> {
  const fixtures = new Fixtures(capabilities);
  const names = ["a", "b", "c", "d", "e", "f"];
  const log = new WriteLog(backend);
  for (const name of names) await log.apply(fixtures.manifest({ name }));
  const recorder = await recordWatch(backend, fixtures.kind, undefined, fixtures.format, {
    bufferLimit: 1,
  });
  // One waiting event is within the limit, however much of the initial state is unread.
  await log.apply(fixtures.manifest({ name: "live" }));
  const { added } = await recorder.initialState("six resources with a bufferLimit of 1");
  assertChanges(
    backend,
    added,
    log.changes.slice(0, names.length),
    "initial state larger than the bufferLimit",
  );
  assertChanges(
    backend,
    await recorder.nextChanges(1, "after it"),
    log.changes.slice(names.length),
    "live event behind it",
  );
}

/** One watch has read everything before the restore, the other nothing. */
async function restoreIsOneReset({ backend, capabilities }: CheckContext): Promise<void> {
  const fixtures = new Fixtures(capabilities);
  for (const name of ["kept", "removed"]) {
    const { format, body } = fixtures.manifest({ name });
    await backend.apply(format, body);
  }
  const manifests = ["kept", "restored"].map((name) =>
    fixtures.manifest({ name, value: "restored" }),
  );
  const current = await recordWatch(backend, fixtures.kind, undefined, fixtures.format);
  await current.initialState("a watch");
  const unread = await recordWatch(backend, fixtures.kind, undefined, fixtures.format);
  await backend.restore(encodeSnapshot(manifests.map(snapshotEntry)));

  const recorders = new Map([
    ["a watch over a restore", current],
    ["an unread watch over a restore", unread],
  ]);
  for (const [what, recorder] of recorders) {
    const events = await recorder.until(({ type }) => type === "reset", what);
    const isFirst = events.every(({ type }) => type === "reset" || type === "bookmark");
    if (recorder === current && capabilities.restore === "atomic")
      assert(isFirst, `${what}: a change came before the reset`);
    const { added } = await recorder.initialState(`${what}, after the reset`);
    const names = added.map(({ resource }) => resource.ref.name);
    assertEqual(names, ["kept", "restored"], `${what}: state after the reset`);
  }
  for (const [what, recorder] of recorders)
    await assertQuiet(backend, recorder, `${what}, after the restored state`);
}
