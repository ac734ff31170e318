/** Makes a StoreBackend of a Driver. */

import {
  BackendError,
  defaultCapabilities,
  type Capabilities,
  type StoreBackend,
} from "../contract/index.ts";
import { createAdapterRegistry, type FormatAdapter } from "../adapters/index.ts";
import { checkClaims, checkDriver } from "./check-driver.ts";
import { CoreBackend } from "./core-backend.ts";
import { type Driver, StoreFailedError } from "./driver.ts";
import { StoreState } from "./store-state.ts";

/** What `createBackend` needs beside the driver. */
export interface BackendOptions {
  /** Which backend this is, for people: it stands in every error. */
  readonly name: string;
  /** The claims that differ from `defaultCapabilities`; restore is `atomic` if the driver has `replaceAll`. */
  readonly capabilities?: Partial<Omit<Capabilities, "contract">>;
  /** Formats beside yaml, json, hcl and native, or in place of one of them. */
  readonly adapters?: readonly FormatAdapter[];
  /** How long close waits for accepted writes, in milliseconds; then they are reported `unknown`. Default 10,000. */
  readonly closeTimeoutMs?: number;
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
  const { name, adapters = [], closeTimeoutMs = 10_000 } = options;
  checkDriver(driver);
  const registry = createAdapterRegistry(adapters);
  const state = new StoreState(registry);
  try {
    await state.load(driver);
  } catch (error) {
    throw openFailure(error, name);
  }
  const capabilities: Capabilities = deepFreeze({
    ...defaultCapabilities,
    restore: driver.replaceAll === undefined ? "resumable" : "atomic",
    formats: registry.formats,
    ...structuredClone(options.capabilities),
  });
  checkClaims(capabilities, driver, registry.formats);
  return new CoreBackend({ name, capabilities, driver, state, closeTimeoutMs });
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
