/** What the tests of this package share: places, manifests, states. */

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { BackendError, type ResourceRef, type StoreBackend } from "@engenho/sdk";
import { onTestFinished } from "vitest";
import { createFsBackend, type FsBackendOptions } from "../src/index.ts";
import type { FileOperations } from "../src/file-operations.ts";
import { inProcessRunner } from "../src/commit/job-runners.ts";
import { openFsBackend } from "../src/open-fs-backend.ts";
import type { Disk } from "../src/disk.ts";

/** An empty directory that goes when the test ends. */
export function makeDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), "engenho-fs-"));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

/** Opens a root; the handle is closed when the test ends, at the latest. */
export async function open(
  root: string,
  options: Omit<FsBackendOptions, "root"> = {},
): Promise<StoreBackend> {
  const backend = await createFsBackend({ root, ...options });
  onTestFinished(() => backend.close());
  return backend;
}

/** The same over other file operations. */
export async function openOver(root: string, operations: FileOperations): Promise<StoreBackend> {
  const backend = await openFsBackend({ root }, diskOver(operations));
  onTestFinished(() => backend.close());
  return backend;
}

/** All that happens to the disk, through these operations. */
export function diskOver(operations: FileOperations): Disk {
  return { operations, makeRunner: (place) => inProcessRunner(place, operations) };
}

export { podManifest } from "./manifest.ts";

/** The reference of {@link podManifest}. */
export function podRef(name: string): ResourceRef {
  return { kind: "Pod", name, namespace: "default" };
}

/** Everything a store holds, as text; equal states are equal. */
export async function stateOf(backend: StoreBackend): Promise<string> {
  return Buffer.from(await backend.snapshot()).toString("latin1");
}

/** What a promise rejects with; fails if it does not. */
export async function failureOf(promise: Promise<unknown>): Promise<BackendError> {
  const error: unknown = await promise.then(
    (value) => {
      throw new Error(`resolved with ${String(value)} instead of rejecting`);
    },
    (reason: unknown) => reason,
  );
  if (!BackendError.is(error)) throw new Error("not a BackendError", { cause: error });
  return error;
}
