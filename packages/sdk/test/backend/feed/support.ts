/** What the tests of feeds share: open handles, steps that fail, and waiting for what is bound to come. */

import { createBackend, type FeedEvent, type StoreBackend, type WatchEvent } from "@engenho/sdk";
import type { Stage, SystemDriver } from "./shared-system.ts";

export function open(driver: SystemDriver, feedTimeoutMs = 5_000): Promise<StoreBackend> {
  return createBackend(driver, { name: "test", closeTimeoutMs: 50, feedTimeoutMs });
}

/** Fails at this stage until it is told to stop. */
export function broken(
  driver: SystemDriver,
  where: Stage,
  error: Error = new Error("no connection"),
): () => void {
  driver.at = (stage) => {
    if (stage === where || (where === "event" && stage === "connect")) throw error;
  };
  return () => void (driver.at = () => {});
}

/** Opens a watch; each call is its next event. */
export async function eventsOf(
  backend: StoreBackend,
): Promise<() => Promise<WatchEvent | undefined>> {
  const watch = await backend.watch("Job", undefined, "native");
  const events = watch[Symbol.asyncIterator]();
  return async () => (await events.next()).value;
}

export async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 1));
}

/** One gap, from a feed that takes a turn to free what it holds. */
export async function* gap(
  reason = "compacted",
  details: { readonly isOtherHistory?: boolean } = {},
): AsyncGenerator<FeedEvent> {
  try {
    yield { type: "gap", reason, ...details };
  } finally {
    await new Promise((resolve) => setImmediate(resolve));
  }
}

const nothing: readonly FeedEvent[] = [];

/** Tells nothing until this is done, or fails with it. */
export async function* nothingUntil(done: Promise<unknown>): AsyncGenerator<FeedEvent> {
  await done;
  yield* nothing;
}

/** Ends when the signal is aborted, and tells nothing. */
export function silence(signal: AbortSignal): AsyncGenerator<FeedEvent> {
  return nothingUntil(new Promise((resolve) => signal.addEventListener("abort", resolve)));
}

/** Tells these, and then nothing. */
export async function* telling(
  events: readonly FeedEvent[],
  signal: AbortSignal,
): AsyncGenerator<FeedEvent> {
  yield* events;
  yield* silence(signal);
}
