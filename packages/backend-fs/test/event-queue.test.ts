/** The events of a feed leave nothing behind in the process that reads them. */

import { getEventListeners } from "node:events";
import { promiseHooks } from "node:v8";
import { expect, onTestFinished, test } from "vitest";
import { EventQueue } from "../src/external/event-queue.ts";

test("an event that was waited for leaves nothing with what outlives it", async () => {
  const queue = new EventQueue();
  const stop = new AbortController();
  const reactions = new Map<Promise<unknown>, number>();
  const endCount = promiseHooks.onInit((_, parent: Promise<unknown> | undefined) => {
    if (parent !== undefined) reactions.set(parent, (reactions.get(parent) ?? 0) + 1);
  }) as () => void;
  onTestFinished(endCount);
  const events = queue.after(0n, stop.signal);
  for (let told = 0; told < 100; told++) {
    const next = events.next();
    queue.tell([]);
    expect((await next).value).toMatchObject({ type: "changes" });
  }
  endCount();
  expect(reactions.size).toBeGreaterThan(100);
  expect(Math.max(0, ...reactions.values())).toBeLessThan(10);
  expect(getEventListeners(stop.signal, "abort")).toHaveLength(1);
});

test("a reader that leaves takes its listener with it", async () => {
  const queue = new EventQueue();
  const { signal } = new AbortController();
  const events = queue.after(0n, signal);
  queue.tell([]);
  await events.next();
  await events.return(undefined);
  expect(getEventListeners(signal, "abort")).toEqual([]);
});

test("the signal ends a wait", async () => {
  const stop = new AbortController();
  const next = new EventQueue().after(0n, stop.signal).next();
  stop.abort();
  expect(await next).toEqual({ done: true, value: undefined });
  expect(getEventListeners(stop.signal, "abort")).toEqual([]);
});
