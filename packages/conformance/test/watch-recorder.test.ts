import type { Cursor, Revision, Watch, WatchEvent } from "@engenho/sdk";
import { afterEach, expect, test, vi } from "vitest";
import { WatchRecorder } from "../src/harness/watch-recorder.ts";

const cursor = "c" as Cursor;
const ref = { kind: "Job", name: "web", namespace: "shop" };
const resource = { ref, body: new Uint8Array(), format: "json", revision: "r" as Revision };
const modified: WatchEvent = { type: "modified", resource, cursor };

/** A recorder of a watch that delivers these, and then ends or says no more. */
function recorderOf(events: readonly WatchEvent[], then: "ends" | "is silent"): WatchRecorder {
  async function* deliver(): AsyncGenerator<WatchEvent> {
    yield* events;
    if (then === "is silent") await new Promise(() => {});
  }
  const close = async (): Promise<void> => {};
  const watch: Watch = {
    close,
    [Symbol.asyncDispose]: close,
    [Symbol.asyncIterator]: () => deliver(),
  };
  return new WatchRecorder(watch);
}

afterEach(() => void vi.useRealTimers());

test.each<[string, readonly WatchEvent[], string]>([
  ["nothing", [], ""],
  ["a change", [modified], " behind modified Job shop/web"],
  ["a bookmark", [modified, { type: "bookmark", cursor }], " behind a bookmark"],
])("what is missing behind %s is told with what came last", async (_, events, behind) => {
  const ended = recorderOf(events, "ends");
  for (let i = 0; i < events.length; i++) await ended.next("a watch");
  await expect(ended.next("a watch")).rejects.toHaveProperty(
    "message",
    `a watch: the watch ended instead of delivering an event${behind}`,
  );

  vi.useFakeTimers();
  const silent = recorderOf(events, "is silent");
  for (let i = 0; i < events.length; i++) await silent.next("a watch");
  const failure = silent.next("a watch").catch((error: unknown) => String(error));
  await vi.advanceTimersByTimeAsync(5_000);
  expect(await failure).toContain(`a watch: no event came${behind} within 5 s`);
});
