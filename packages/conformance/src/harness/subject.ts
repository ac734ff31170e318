/** What the suite judges: a way to open a backend, and what else its author can offer. */

import type { ResourceFormat, ResourceRef, StoreBackend } from "@engenho/sdk";

/** The place that one requirement's store lives in. The suite makes it and removes it. */
export interface StoreContext {
  /** An empty directory, for stores that need one. The same path means the same store. */
  readonly directory: string;
  /** The seed of the requirement, for subjects that make random choices. */
  readonly seed: number;
  /**
   * For subjects that have `steps`: to be called before each single change to what the store keeps (a file made,
   * written, renamed, removed), and with `"sync"` before each that matters to a loss of power only. The suite may take
   * there what an end at this instant would leave.
   */
  readonly step: (kind?: "change" | "sync") => void;
}

/** A manifest to try the backend on, beside those that the suite makes. */
export interface Sample {
  /** Names it in messages: a file name. */
  readonly name: string;
  /** What the body is written in: one of the formats that the backend claims. */
  readonly format: ResourceFormat;
  /** One manifest. */
  readonly body: Uint8Array;
}

/**
 * Writes to a store's system itself, behind its backends' backs. What it writes is the backend's to show: where a backend
 * knows its own resources by a mark (a label, an owner), it writes them with that mark.
 */
export interface OutsideWriter {
  /** Creates or replaces the resource of this envelope. Resolves when the system has it. */
  put(envelope: Uint8Array): Promise<void>;
  /** Removes a resource that is there. Resolves when the system has no more of it. */
  remove(ref: ResourceRef): Promise<void>;
}

/**
 * Ways to damage what a store keeps while it is closed. They go below the backend: to its files, its rows, its objects.
 * Of those that are optional, what is left out does not apply.
 */
export interface Damage {
  /** Cuts short what is kept of one resource, so that it cannot be read as one. */
  truncate(context: StoreContext, ref: ResourceRef): Promise<void>;
  /** Makes what is kept of one resource unreadable, though it is there: permissions, an error of the device. */
  block?(context: StoreContext, ref: ResourceRef): Promise<void>;
  /** Changes what is kept of one resource so that it can be read, and only a checksum tells. */
  alter?(context: StoreContext, ref: ResourceRef): Promise<void>;
  /** Has the store say that it is of a version of its layout that the backend does not know. */
  outdate?(context: StoreContext): Promise<void>;
}

/** One backend under judgement. */
export interface Subject {
  /** Names it in every output: `in-memory`, `filesystem`. */
  readonly name: string;
  /** Opens a new, empty store. Two contexts never share one. */
  open(context: StoreContext): Promise<StoreBackend>;
  /** Opens the store of this context once more. A backend that claims durability or sharing needs it. */
  reopen?(context: StoreContext): Promise<StoreBackend>;
  /**
   * Leaves of this context's store what a sudden end of the process at the instant of the call would: copies it into
   * the place of `survivor`, which is empty, before it awaits anything, and opens the copy.
   */
  crash?(context: StoreContext, survivor: StoreContext): Promise<StoreBackend>;
  /**
   * Has the system below this context's open store fail for good, as far as the backend can see: the next write
   * that the backend hands to it cannot be vouched for. What was acknowledged stays, and `reopen` finds a
   * system that works again. Default: the requirements about stores that fail do not apply.
   */
  fail?(context: StoreContext): Promise<void>;
  /**
   * Leaves what a loss of power at the instant of the call could: what was written and not synced may be lost, torn or
   * there. Otherwise as `crash`. It is called more than once: let each call leave something else. A backend that claims
   * `power-loss` needs it.
   */
  cutPower?(context: StoreContext, survivor: StoreContext): Promise<StoreBackend>;
  /**
   * Whether every way of opening a store calls `context.step` as it should. The suite then ends stores at each step.
   * Default: at turns of the event loop, and while a store is opened not at all.
   */
  readonly steps?: true;
  /** Damages what is kept. A backend that claims durability needs it. */
  readonly damage?: Damage;
  /**
   * The URL of the module that has this subject as its default export: `import.meta.url`. With `reopen`, the suite
   * opens stores in processes of their own and kills those. Default: the module that the command was given; in
   * vitest none, and `crash` stands in.
   */
  readonly module?: string;
  /**
   * Gives a way to write to this context's open store behind its backend's back. Default: another handle of it, where
   * the store is `shared`. A backend that claims `externalWrites` needs the one or the other.
   */
  outside?(context: StoreContext): Promise<OutsideWriter>;
  /** Manifests of the kinds that the backend holds. Default: the suite's own. */
  readonly samples?: readonly Sample[];
  /** Requirements known to fail, each with the reason. They make a profile `partial`; one that passes is a failure. */
  readonly knownFailures?: Readonly<Record<string, string>>;
}

/**
 * Gives a subject its type; a subject module exports it as its default.
 *
 * @example
 * export default defineSubject({
 *   name: "my-backend",
 *   open: ({ directory }) => openMyBackend(directory),
 *   reopen: ({ directory }) => openMyBackend(directory),
 * });
 */
export function defineSubject(subject: Subject): Subject {
  return subject;
}
