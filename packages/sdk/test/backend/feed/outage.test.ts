/** Which trouble is waited for, and how long. */

import { createBackend, type FeedEvent, type StoreBackend } from "@engenho/sdk";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { failure } from "../support.ts";
import { SharedSystem, SystemDriver } from "./shared-system.ts";
import { nothingUntil, silence } from "./support.ts";

const feedTimeoutMs = 10_000;

beforeEach(() => void vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] }));
afterEach(() => void vi.useRealTimers());

const pass = (ms: number): Promise<unknown> => vi.advanceTimersByTimeAsync(ms);
const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

async function failing(ms: number): Promise<never> {
  await wait(ms);
  throw new Error("connection reset");
}

/** A backend whose feeds these are, one after the other, and whether its watch has ended. */
async function following(feed: (nth: number, signal: AbortSignal) => AsyncIterable<FeedEvent>) {
  const driver = new SystemDriver(new SharedSystem());
  const feeds = { count: 0 };
  driver.changes = async (_, signal) => feed(feeds.count++, signal);
  const backend = await createBackend(driver, { name: "test", feedTimeoutMs, closeTimeoutMs: 1 });
  return { backend, feeds, state: await watched(backend) };
}

async function watched(backend: StoreBackend): Promise<{ ended: unknown }> {
  const watch = await backend.watch("Job", undefined, "native");
  const state: { ended: unknown } = { ended: undefined };
  void (async () => {
    try {
      for await (const _ of watch);
    } catch (error) {
      state.ended = error;
    }
  })();
  return state;
}

async function close(backend: StoreBackend): Promise<void> {
  const closed = backend.close();
  await pass(10);
  await closed;
}

test.each([
  { how: "at once", livesMs: 0 },
  { how: "after a second", livesMs: 1_000 },
])("connections that all fail $how are trouble that stays", async ({ livesMs }) => {
  const { backend, state } = await following(() => nothingUntil(failing(livesMs)));
  await pass(feedTimeoutMs / 2);
  expect(state.ended).toBeUndefined();
  await pass(feedTimeoutMs);
  expect(state.ended).toMatchObject({ code: "unavailable", retryable: true });
  // A connection that will fail as they all did is no recovery.
  for (let i = 0; i < 20; i++) {
    await pass(333);
    expect(await failure(backend.list("Job", undefined, "native"))).toMatchObject({
      code: "unavailable",
      outcome: "none",
    });
  }
  await close(backend);
});

test("connections that end in peace are none, and the next is made at once", async () => {
  const { backend, feeds, state } = await following(() => nothingUntil(wait(500)));
  await pass(10 * feedTimeoutMs);
  expect(state.ended).toBeUndefined();
  expect(backend.diagnostics().lastError).toBeNull();
  expect(feeds.count).toBeGreaterThan(190);
  await close(backend);
});

test("losses are not added up: each is measured until there is a connection that holds", async () => {
  const { backend, state } = await following(() => nothingUntil(failing(0.6 * feedTimeoutMs)));
  await pass(10 * feedTimeoutMs);
  expect(state.ended).toBeUndefined();
  await close(backend);
});

test("one that holds after a loss is enough, though it tells nothing", async () => {
  const { backend, state } = await following((nth, signal) =>
    nth > 0 ? silence(signal) : nothingUntil(failing(0)),
  );
  await pass(2 * feedTimeoutMs);
  expect(state.ended).toBeUndefined();
  expect((await backend.list("Job", undefined, "native")).items).toEqual([]);
  await close(backend);
});

test("attempts come after ever longer pauses while none holds", async () => {
  const { backend, feeds } = await following(() => nothingUntil(failing(0)));
  await pass(60_000);
  expect(feeds.count).toBeGreaterThan(30);
  expect(feeds.count).toBeLessThan(40);
  await close(backend);
});
