/** What the tests of core share: one kind of resource, and errors as values. */

import {
  BackendError,
  createBackend,
  encodeEnvelope,
  type ResourceRef,
  type StoreBackend,
} from "@engenho/sdk";
import type { MapDriver } from "./map-driver.ts";

export function ref(name: string): ResourceRef {
  return { kind: "Job", name, namespace: "default" };
}

export function body(name: string, payload: string = "1"): Uint8Array {
  return encodeEnvelope({ ref: ref(name), payload: new TextEncoder().encode(payload) });
}

export function open(driver: MapDriver): Promise<StoreBackend> {
  return createBackend(driver, { name: "test", closeTimeoutMs: 50 });
}

/** What a promise rejects with, which must be a BackendError. */
export async function failure(promise: Promise<unknown>): Promise<BackendError> {
  const error: unknown = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!BackendError.is(error)) throw new Error(`expected a BackendError, got ${String(error)}`);
  return error;
}

/** Lets everything run that can run without the outside world. */
export function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
