/** The contract: five verbs over manifests, snapshot and restore, and what a backend says of itself. */

/// <reference lib="esnext.disposable" preserve="true" />

import type { Capabilities } from "./capabilities.ts";
import type { ReadOptions, WatchOptions, WriteOptions } from "./options.ts";
import type {
  ApplyResult,
  Resource,
  ResourceFormat,
  ResourceList,
  ResourceRef,
} from "./resource.ts";
import type { Watch } from "./watch.ts";

/** What a backend knows of its own state; backends add fields of their own. */
export interface Diagnostics {
  /** The version of the contract. */
  readonly contract: 1;
  /** The backend's name. */
  readonly backend: string;
  /** `failed`: every verb is `unavailable` until the store is opened anew. */
  readonly state: "open" | "failed" | "closing" | "closed";
  /** The last error a verb or the system itself produced, as one line; null if there was none. */
  readonly lastError: string | null;
  /** How much there is of what. */
  readonly counts: {
    /** Resources that the store holds. */
    readonly resources: number;
    /** Watches that are open. */
    readonly subscribers: number;
    /** Entries that could not be read; {@link Diagnostics.damaged} names them. */
    readonly damaged: number;
  };
  /** The entries that could not be read; apply, delete or restore repairs them. */
  readonly damaged: readonly {
    /** Where a person finds it: a path, a key. */
    readonly where: string;
    /** What is wrong with it, in one line. */
    readonly reason: string;
  }[];
  /** Fields of the backend's own. */
  readonly [extra: string]: unknown;
}

/**
 * A store of resources. Every failure is a rejected promise with a `BackendError` (an argument of
 * the wrong type rejects with a TypeError); nothing throws synchronously. SPEC.md has the numbered
 * requirements behind each sentence here.
 */
export interface StoreBackend extends AsyncDisposable {
  /** Which backend this is, for people: `in-memory`, `filesystem`. */
  readonly name: string;
  /** What it claims: data that does not change while it is open. */
  readonly capabilities: Capabilities;

  /**
   * Creates the resource that the body declares, or replaces it whole. Once resolved, the write is
   * as durable as the capabilities declare and visible to every later read of this handle.
   */
  apply(format: ResourceFormat, body: Uint8Array, options?: WriteOptions): Promise<ApplyResult>;

  /**
   * The resource in this format: the applied bytes in the format they were applied in, a lossless
   * translation in another, the envelope in `native`. Missing is `not_found`; what the format
   * cannot say is `unsupported_format`.
   */
  get(ref: ResourceRef, format: ResourceFormat, options?: ReadOptions): Promise<Resource>;

  /**
   * All resources of a kind, in one namespace or (undefined) in every one and cluster-scoped too.
   * An item with no rendering in this format comes in the one it has; its `format` says so.
   */
  list(
    kind: string,
    namespace: string | undefined,
    format: ResourceFormat,
    options?: ReadOptions,
  ): Promise<ResourceList>;

  /** Removes a resource, and resolves when it is gone. Missing is `not_found`. */
  delete(ref: ResourceRef, options?: WriteOptions): Promise<void>;

  /**
   * Follows a kind: the present state as `added` in list order, a `bookmark`, then every change as
   * it happens, with no gap and no duplicate. A reader that falls behind gets a `reset`.
   */
  watch(
    kind: string,
    namespace: string | undefined,
    format: ResourceFormat,
    options?: WatchOptions,
  ): Promise<Watch>;

  /** Everything as applied, as bytes that any backend's {@link restore} takes; equal states give equal bytes. */
  snapshot(options?: ReadOptions): Promise<Uint8Array>;

  /** Replaces everything managed with a snapshot's content. A snapshot that fails a check changes nothing. */
  restore(snapshot: Uint8Array, options?: ReadOptions): Promise<void>;

  /** How many resources the store holds, without I/O. */
  resourceCount(): number;

  /** How many watches are open, without I/O. */
  subscriberCount(): number;

  /** The backend's view of itself, without I/O; works after close. */
  diagnostics(): Diagnostics;

  /** Waits for accepted writes (up to a bound), ends every watch, frees everything. Idempotent. */
  close(): Promise<void>;
}
