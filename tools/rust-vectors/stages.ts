/** What the filesystem backend did with a root, as data: what lay there, what it saw, what it left. */

import { BackendError, type ResourceRef, type StoreBackend } from "@engenho/sdk";
import type { FileTree } from "./file-tree.ts";
import {
  loadBytes,
  payloadBytes,
  type StoredBytes,
  type StoredPayload,
  storeBytes,
} from "./stored-bytes.ts";

/** A change of a store. */
export type Operation =
  | { readonly apply: StoredPayload; readonly format: string }
  | { readonly delete: ResourceRef }
  | { readonly restore: StoredBytes };

/** What a store says of one resource in one format: its body, or the code of the failure. */
export interface Sight {
  readonly ref: ResourceRef;
  readonly format: string;
  readonly body?: StoredBytes;
  readonly code?: string;
}

/** One life of a handle, from open to close. */
export interface Stage {
  readonly id: string;
  /** The files that it found. */
  readonly before: FileTree;
  /** The code of the failure, if it could not be opened; then nothing below it happened. */
  readonly refused?: string;
  /** What it saw of them. */
  readonly sees: readonly Sight[];
  readonly resourceCount: number;
  /** What it then did, each change successfully. */
  readonly operations: readonly Operation[];
  /** The files that it left. */
  readonly after: FileTree;
  /** What it then gave as its snapshot; none where a resource was damaged. */
  readonly snapshot?: StoredBytes;
}

/** Makes the changes, in order. */
export async function performOperations(
  backend: StoreBackend,
  operations: readonly Operation[],
): Promise<void> {
  for (const operation of operations) {
    if ("apply" in operation) {
      await backend.apply(operation.format, payloadBytes(operation.apply));
    } else if ("delete" in operation) await backend.delete(operation.delete);
    else await backend.restore(loadBytes(operation.restore));
  }
}

/** Looks at one resource. */
export async function lookAt(
  backend: StoreBackend,
  { ref, format }: Pick<Sight, "ref" | "format">,
): Promise<Sight> {
  try {
    return { ref, format, body: storeBytes((await backend.get(ref, format)).body) };
  } catch (error) {
    if (!BackendError.is(error)) throw error;
    return { ref, format, code: error.code };
  }
}

/** What is kept in packages/backend-fs/test/vectors/rust-roots.json. */
export interface StageVectors {
  readonly about: string;
  /** Whose roots they are. */
  readonly crate: string;
  readonly stages: readonly Stage[];
}
