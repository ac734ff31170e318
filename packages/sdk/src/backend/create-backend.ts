/** Makes a StoreBackend of a Driver. */

import {
  BackendError,
  defaultCapabilities,
  type Capabilities,
  type StoreBackend,
} from "../contract/index.ts";
import { createAdapterRegistry, type FormatAdapter } from "../adapters/index.ts";
import { checkClaims, checkDriver, checkTimeout } from "./check-driver.ts";
import { CoreBackend } from "./core-backend.ts";
import { type Driver, StoreFailedError } from "./driver.ts";
import { Feed, isFollowed } from "./feed.ts";
import { FeedIntake } from "./feed-intake.ts";
import { DirectIntake } from "./direct-intake.ts";
import { Domain } from "./domain.ts";
import type { Intake } from "./intake.ts";
import { Lifecycle } from "./lifecycle.ts";
import { StoreState } from "./store-state.ts";

/** What `createBackend` needs beside the driver. */
export interface BackendOptions {
  /** Which backend this is, for people: it stands in every error. */
  readonly name: string;
  /**
   * The claims that differ from `defaultCapabilities`. With `replaceAll`, restore is `atomic`; with `changes`,
   * `externalWrites` is true, `sharing` is `shared`, and reads are `read-your-writes` if there is no `sync`.
   */
  readonly capabilities?: Partial<Omit<Capabilities, "contract">>;
  /** Formats beside yaml, json, hcl and native, or in place of one of them. */
  readonly adapters?: readonly FormatAdapter[];
  /**
   * How long close waits for accepted writes, in milliseconds; then they are reported `unknown`. As long again for the
   * driver's `changes` to end. Positive; Infinity is without limit. Default 10,000.
   */
  readonly closeTimeoutMs?: number;
  /**
   * How long the driver's `changes` may be lost, in milliseconds, or tell nothing while somebody waits for them. Then
   * watches reject and every verb is `unavailable`, until they are there again. `sync` has as long to answer. Positive;
   * Infinity is without limit. Default 10,000; trouble that is not `retryable` is not waited for.
   */
  readonly feedTimeoutMs?: number;
}

/**
 * Loads what the driver has stored and opens it as a backend. A load that fails closes the driver.
 *
 * @throws BackendError with verb `open`: the driver's own, or `internal`. TypeError for options or a
 * driver that can't be.
 *
 * @example
 * const backend = await createBackend(myDriver, { name: "my-store", capabilities: { durability: "process" } });
 */
export async function createBackend(
  driver: Driver,
  options: BackendOptions,
): Promise<StoreBackend> {
  try {
    return await openBackend(driver, options);
  } catch (error) {
    // What went wrong first is what the caller should learn.
    try {
      await driver.close();
    } catch {}
    throw error;
  }
}

async function openBackend(driver: Driver, options: BackendOptions): Promise<StoreBackend> {
  const { name, adapters = [], closeTimeoutMs = 10_000, feedTimeoutMs = 10_000 } = options;
  checkDriver(driver);
  checkTimeout("closeTimeoutMs", closeTimeoutMs);
  checkTimeout("feedTimeoutMs", feedTimeoutMs);
  const registry = createAdapterRegistry(adapters);
  const capabilities: Capabilities = deepFreeze({
    ...defaultCapabilities,
    restore: driver.replaceAll === undefined ? "resumable" : "atomic",
    externalWrites: driver.changes !== undefined,
    ...(driver.changes === undefined ? {} : { sharing: "shared" as const }),
    reads: driver.changes === undefined || driver.sync ? "linearizable" : "read-your-writes",
    formats: registry.formats,
    ...structuredClone(options.capabilities),
  });
  checkClaims(capabilities, driver, registry.formats);
  const state = new StoreState(registry, driver.mintRevision?.bind(driver));
  // Whatever the options get wrong is said before the store is opened.
  const domain = new Domain(capabilities);
  const lifecycle = new Lifecycle(name);
  lifecycle.whenFailed(() => state.hub.end(lifecycle.watchFailure()));
  try {
    const followed = await openStore(driver, feedTimeoutMs, { state, lifecycle });
    return new CoreBackend({
      ...followed,
      name,
      capabilities,
      domain,
      driver,
      state,
      lifecycle,
      closeTimeoutMs,
    });
  } catch (error) {
    throw openFailure(error, name);
  }
}

/** Reads what is there and, where others write too, begins to follow it. */
async function openStore(
  driver: Driver,
  timeoutMs: number,
  { state, lifecycle }: { readonly state: StoreState; readonly lifecycle: Lifecycle },
): Promise<{ readonly feed: Feed | undefined; readonly intake: Intake }> {
  const began = performance.now();
  const position = await state.load(driver);
  const loadMs = performance.now() - began;
  if (!isFollowed(driver) || position === undefined)
    return { feed: undefined, intake: new DirectIntake(driver, state) };
  const feed = await Feed.open({ driver, state, lifecycle, position, timeoutMs, loadMs });
  return { feed, intake: new FeedIntake({ driver, feed, state, lifecycle }) };
}

function openFailure(error: unknown, backend: string): BackendError {
  if (!(error instanceof StoreFailedError))
    return BackendError.from(error, { backend, verb: "open" });
  return new BackendError("unavailable", error.message, { backend, verb: "open", cause: error });
}

function deepFreeze<T>(value: T): T {
  if (typeof value !== "object" || value === null || Object.isFrozen(value)) return value;
  for (const part of Object.values(value)) deepFreeze(part);
  return Object.freeze(value);
}
