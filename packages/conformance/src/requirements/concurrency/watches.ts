/** CONC: what a watch delivers while several clients write. */

import fc from "fast-check";
import { formatReference, type ResourceRef } from "@engenho/sdk";
import { assert, assertEqual, fail } from "../../harness/assertions.ts";
import type { CheckContext } from "../../harness/check-context.ts";
import { Fixtures, manifestValue } from "../../harness/fixtures.ts";
import { HistoryRecorder } from "../../harness/history-recorder.ts";
import type { Operation } from "../../harness/linearizability/operation.ts";
import { showBriefly } from "../../harness/linearizability/show-history.ts";
import { changesBeforeSentinel, sentinel } from "../../harness/sentinel.ts";
import { type ChangeEvent, recordWatch, type WatchRecorder } from "../../harness/watch-recorder.ts";
import { describeEvent } from "../../harness/write-log.ts";
import type { Requirement } from "../requirement.ts";
import { concurrencyMust } from "./must.ts";

export const concurrencyWatchRequirements: readonly Requirement[] = [
  concurrencyMust(
    "CONC-009",
    "While several clients write the same resources, a watch delivers one event for each write that was acknowledged, with its body and revision, in an order that explains what the writers were told.",
    eventsExplainAnswers,
    ({ verbs }) => verbs.includes("watch"),
  ),
  concurrencyMust(
    "CONC-010",
    "A watch since the cursor of a list that was taken beside writers continues that list: nothing is missing between them.",
    listsAreContinued,
    ({ verbs, resume }) => verbs.includes("watch") && resume,
  ),
];

/** Three writers of two resources, each writing as soon as it can. */
async function eventsExplainAnswers({ backend, capabilities, full }: CheckContext): Promise<void> {
  const fixtures = new Fixtures(capabilities);
  const recorder = new HistoryRecorder();
  const refs: readonly [ResourceRef, ResourceRef] = [fixtures.ref("a"), fixtures.ref("b")];
  const watch = await recordWatch(backend, fixtures.kind, undefined, fixtures.format);
  await watch.initialState("a watch beside writers");
  const write = async (client: number): Promise<void> => {
    for (let i = 0; i < (full ? 30 : 10); i++) {
      const ref = refs[i % 2] ?? refs[0];
      const value = (i + client) % 4 === 3 ? undefined : `${client}x${i}`;
      await recorder.write(client, backend, { ref, value });
    }
  };
  await Promise.all([write(0), write(1), write(2)]);
  const changes = await changesBeforeSentinel(backend, watch, "a watch beside writers");
  for (const ref of refs) {
    const resource = formatReference(ref);
    explain(
      changes.filter((change) => formatReference(change.resource.ref) === resource),
      recorder.history.filter((each) => each.resource === resource),
    );
  }
}

/** Fails unless the events of one resource are its acknowledged writes, in an order in which they can have happened. */
function explain(events: readonly ChangeEvent[], history: readonly Operation[]): void {
  const writes = history.filter(({ result }) =>
    ["created", "replaced", "deleted"].includes(result.type),
  );
  assertEqual(events.length, writes.length, "events of as many acknowledged writes");
  const earlier: Operation[] = [];
  let present: ChangeEvent | undefined;
  for (const event of events) {
    const what = describeEvent(event);
    const before = present === undefined ? "nothing" : describeEvent(present);
    assertEqual(event.type === "added", present === undefined, `${what} after ${before}: added`);
    if (event.type === "deleted") {
      assertEqual(event.resource.revision, present?.resource.revision, `${what} after ${before}`);
      present = undefined;
      continue;
    }
    const write = writes.find(
      ({ result }) => "revision" in result && result.revision === event.resource.revision,
    );
    if (write?.input.verb !== "apply") return fail(`${what} is no acknowledged write's`);
    assertEqual(manifestValue(event.resource.body), write.input.body, `${what}: body`);
    const type = write.result.type === "created" ? "added" : "modified";
    assertEqual(event.type, type, `${what}: type of the event of ${showBriefly([write])}`);
    const overtaken = earlier.find((each) => write.return < each.call);
    if (overtaken !== undefined)
      fail(`${what} comes after the event of a later write: ${showBriefly([write, overtaken])}`);
    earlier.push(write);
    present = event;
  }
}

/**
 * Each resource is written once, so that whatever is missed stays missed. Nobody waits for a turn of the event loop: where
 * nothing is waited for, as in memory, a turn has whole writes in it, and lists only between them. Steps of every number
 * keep lists and writes from going in step.
 */
async function listsAreContinued(context: CheckContext): Promise<void> {
  const { backend, capabilities, seed, full } = context;
  const { kind, format } = new Fixtures(capabilities);
  const count = full ? 120 : 40;
  const pauses = fc.sample(fc.nat({ max: 24 }), { seed, numRuns: 2 * count }).values();
  const pause = async (): Promise<void> => {
    for (let steps = pauses.next().value ?? 0; steps > 0; steps--) await Promise.resolve();
  };
  let writing = 2;
  const write = async (client: number): Promise<void> => {
    for (let i = client; i < count; i += 2) {
      const manifest = new Fixtures(capabilities).manifest({ name: `r-${i}`, value: i });
      await backend.apply(manifest.format, manifest.body);
      await pause();
    }
    writing--;
  };
  const continued: (readonly [readonly string[], WatchRecorder])[] = [];
  const list = async (): Promise<void> => {
    while (writing > 0 && continued.length < 40) {
      const { items, cursor } = await backend.list(kind, undefined, format);
      const options = { since: cursor };
      const recorder = await recordWatch(backend, kind, undefined, format, options);
      continued.push([items.map(({ ref }) => ref.name), recorder]);
      await pause();
    }
  };
  await Promise.all([write(0), write(1), list(), list()]);
  const last = sentinel(backend);
  await backend.apply(last.format, last.body);
  for (const [listed, recorder] of continued) {
    const what = `a watch since the cursor of a list with ${listed.length} of ${count} resources`;
    const known = new Set(listed);
    while (!known.has(last.ref.name)) {
      const event = await recorder.next(what);
      if (event.type === "reset") known.clear();
      if (!("resource" in event)) continue;
      const { name } = event.resource.ref;
      assert(!known.has(name), `${what}: ${name} is in the list, and comes again`);
      known.add(name);
    }
    assertEqual(known.size, count + 1, `${what}: resources that its reader knows in the end`);
    await recorder.watch.close();
  }
}
