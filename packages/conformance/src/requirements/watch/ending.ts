/** WATCH: how a watch ends. */

import type { StoreBackend, WatchEvent, WatchOptions } from "@engenho/sdk";
import { assertEqual, assertRejects, fail } from "../../harness/assertions.ts";
import type { CheckContext } from "../../harness/check-context.ts";
import { Fixtures } from "../../harness/fixtures.ts";
import { recordWatch, type WatchRecorder } from "../../harness/watch-recorder.ts";
import { canFail, failStore } from "../fail-store.ts";
import type { Requirement } from "../requirement.ts";
import { watchMust } from "./must.ts";

export const watchEndingRequirements: readonly Requirement[] = [
  watchMust(
    "WATCH-022",
    "Closing a watch ends its iteration for good, whether or not it is waiting for an event; closing it again does nothing.",
    closeEndsTheIteration,
  ),
  watchMust(
    "WATCH-023",
    "Aborting its signal ends a watch's iteration; with a signal that is aborted already, `watch` rejects with `aborted`.",
    abortEndsTheIteration,
  ),
  watchMust(
    "WATCH-024",
    "Closing the backend ends the iteration of every watch.",
    closingTheBackendEndsEveryWatch,
  ),
  watchMust(
    "WATCH-025",
    "Leaving a `for await` over a watch closes it.",
    leavingTheLoopClosesTheWatch,
  ),
  watchMust(
    "WATCH-026",
    "`subscriberCount` is the number of open watches: it rises with each and falls back when one is closed, aborted or left.",
    subscribersAreCounted,
  ),
  watchMust(
    "WATCH-036",
    "A store that fails rejects the iteration of every watch with `unavailable`, and counts none of them any more.",
    failureRejectsEveryWatch,
    canFail,
  ),
  watchMust(
    "WATCH-037",
    "Leaving a watch by its iterator's `return` closes it at once, and ends a `next` that waits.",
    returnEndsAWaitingNext,
  ),
];

/** A watch with an event in its initial state. */
async function open(backend: StoreBackend, options?: WatchOptions): Promise<WatchRecorder> {
  const fixtures = new Fixtures(backend.capabilities);
  const { format, body } = fixtures.manifest({ name: "present" });
  await backend.apply(format, body);
  return recordWatch(backend, fixtures.kind, undefined, fixtures.format, options);
}

async function openAndRead(backend: StoreBackend, options?: WatchOptions): Promise<WatchRecorder> {
  const recorder = await open(backend, options);
  await recorder.initialState("a watch");
  return recorder;
}

async function closeEndsTheIteration({ backend }: CheckContext): Promise<void> {
  const waiting = await openAndRead(backend);
  const end = waiting.expectEnd("next, waiting while the watch was closed");
  await waiting.watch.close();
  await end;
  await waiting.expectEnd("next after the end");
  await waiting.watch.close();

  const unread = await open(backend);
  await unread.watch.close();
  await unread.expectEnd("next of a watch that was closed before it was read");
  await unread.expectEnd("next after that");
}

async function abortEndsTheIteration({ backend, capabilities }: CheckContext): Promise<void> {
  const controller = new AbortController();
  const { signal } = controller;
  const recorder = await openAndRead(backend, { signal });
  const end = recorder.expectEnd("next, waiting while the signal was aborted");
  controller.abort();
  await end;
  await recorder.expectEnd("next after the abort");
  const { kind, format } = new Fixtures(capabilities);
  await assertRejects(
    backend.watch(kind, undefined, format, { signal }),
    "aborted",
    "watch with an aborted signal",
  );
}

async function closingTheBackendEndsEveryWatch({ backend }: CheckContext): Promise<void> {
  const recorders = [await openAndRead(backend), await openAndRead(backend)];
  const ends = recorders.map((recorder) =>
    recorder.expectEnd("next, waiting while the backend was closed"),
  );
  await backend.close();
  await Promise.all(ends);
  for (const recorder of recorders) await recorder.expectEnd("next after the backend was closed");
}

async function leavingTheLoopClosesTheWatch({ backend }: CheckContext): Promise<void> {
  const { watch } = await open(backend);
  const iterator = watch[Symbol.asyncIterator]();
  const first = await firstOf({ [Symbol.asyncIterator]: () => iterator });
  assertEqual(first?.type, "added", "first event");
  const { done } = await iterator.next();
  if (done !== true) fail("the watch goes on after the loop over it was left");
}

async function subscribersAreCounted({ backend }: CheckContext): Promise<void> {
  const before = backend.subscriberCount();
  const count = (expected: number, when: string): void =>
    assertEqual(backend.subscriberCount() - before, expected, `subscriberCount ${when}`);
  const controller = new AbortController();
  const closed = await openAndRead(backend);
  const aborted = await openAndRead(backend, { signal: controller.signal });
  const left = await open(backend);
  count(3, "with three watches open");
  await closed.watch.close();
  count(2, "after one was closed");
  await closed.watch.close();
  count(2, "after it was closed again");
  controller.abort();
  await aborted.expectEnd("an aborted watch");
  count(1, "after one was aborted");
  await firstOf(left.watch);
  count(0, "after the loop over one was left");
}

async function failureRejectsEveryWatch(context: CheckContext): Promise<void> {
  const { backend } = context;
  const waiting = await openAndRead(backend);
  const unread = await open(backend);
  const next = waiting.next("a watch, waiting while the store failed");
  next.catch(() => {}); // looked at below, if the store does fail
  await failStore(context);
  await assertRejects(next, "unavailable", "next, waiting while the store failed");
  // What was delivered before may still be read; the end must be an error.
  const rest = unread.until(() => false, "a watch of a failed store that was not read before");
  await assertRejects(rest, "unavailable", "a watch of a failed store that was not read before");
  assertEqual(backend.subscriberCount(), 0, "subscriberCount of a failed store");
}

async function returnEndsAWaitingNext({ backend }: CheckContext): Promise<void> {
  const before = backend.subscriberCount();
  const waiting = await openAndRead(backend);
  const end = waiting.expectEnd("next, waiting while the watch was left");
  await Promise.all([waiting.leave("a watch whose next waits"), end]);
  await waiting.expectEnd("next after the watch was left");
  const left = backend.subscriberCount() - before;
  assertEqual(left, 0, "subscriberCount after the only watch was left");
}

/** Reads one event in a `for await`, and leaves it. */
async function firstOf(watch: AsyncIterable<WatchEvent>): Promise<WatchEvent | undefined> {
  for await (const event of watch) return event;
  return undefined;
}
