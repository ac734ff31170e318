/** The small side of a backend: what a system must be able to do; `createBackend` does the rest. */

import type { Outcome, Revision, ResourceRef } from "../contract/index.ts";
import type { FeedEvent, Position } from "./feed-event.ts";

/** One stored resource: what a driver keeps, and gives back exactly. */
export interface StoredEntry {
  /** The key: a driver keeps one entry for each. */
  readonly ref: ResourceRef;
  /**
   * The CBOR envelope. Never changed by anybody: a driver may keep it without copying. It may be a
   * view of a larger buffer.
   */
  readonly envelope: Uint8Array;
  /** Kept beside the envelope. A driver that cannot leaves it out of what it loads, and core mints a new one. */
  readonly revision: Revision;
}

/** One entry as found in the system. Core keeps the bytes: the driver may not change them afterwards. */
export interface LoadedEntry {
  /** The key that it lies under; an envelope with another reference inside is damage. */
  readonly ref: ResourceRef;
  /** The CBOR envelope, as it was put. */
  readonly envelope: Uint8Array;
  /** As it was put, or the system's own. Without it, core mints a new one; a driver with `changes` always has it. */
  readonly revision?: Revision | undefined;
}

/**
 * An object that is there and cannot be read as an entry. Every verb that would include it is
 * `corrupt`, naming `where`; a write or delete of a reference that it covers repairs it.
 */
export interface DamagedEntry {
  /** Where a person finds it: a path, a key. */
  readonly where: string;
  /** What is wrong with it, in one line. */
  readonly reason: string;
  /** What is known of its reference; a field left out is unknown, a null namespace is none. */
  readonly known: {
    /** The kind, if the place tells. */
    readonly kind?: string | undefined;
    /** The namespace, if the place tells. */
    readonly namespace?: string | null | undefined;
    /** The name, if the place tells. */
    readonly name?: string | undefined;
  };
  /** Narrows what is unknown: whether this reference may be stored in this object. */
  readonly mayBe?: (ref: ResourceRef) => boolean;
  /**
   * Whether a write or delete of this reference repairs the object, because it is stored here and
   * nowhere else. Default: that all of `known` is known.
   */
  readonly isPlaceOf?: (ref: ResourceRef) => boolean;
}

/** What `load` finds. */
export interface LoadedStore {
  /** Every entry that can be read, in any order, one for each reference. */
  readonly entries: Iterable<LoadedEntry> | AsyncIterable<LoadedEntry>;
  /** What is there and can't be read. Default: nothing. */
  readonly damaged?: readonly DamagedEntry[];
  /**
   * The point that these entries show, with everything acknowledged to anybody before the call. A driver with `changes`
   * always has it.
   */
  readonly position?: Position;
}

/**
 * What a write must find there: a revision, `"absent"`, or anything (undefined). Core has checked it
 * against its mirror already; a driver checks it again only where others may write too.
 *
 * From a driver with `sync` core expects what its mirror shows, also where the caller has no condition: what the write is
 * called (created, replaced) then holds in the system too. A driver that can check it in the same step as the write does,
 * and throws `conflict` with outcome `none`; core then catches up and judges the write anew.
 */
export type Expected = Revision | "absent" | undefined;

/** What a driver may say of a write that it has done. */
export interface Written {
  /** The position of the feed event that shows this write: core answers its caller then. A driver with `changes` always says it. */
  readonly position?: Position;
  /**
   * The position before it, where nothing but this write lies between the two: core then shows the write as soon as it shows
   * everything before it, and its caller need not wait until the feed tells of it. Default: that is not known.
   */
  readonly previous?: Position | undefined;
  /**
   * The system's own version of what was put. To be left out only where the feed tells the revision that core has given
   * to `put`: a caller is told this one, and reads must show the same.
   */
  readonly revision?: Revision;
  /**
   * Whether something was there that it has replaced or removed. To be said by a driver that was told to expect anything and
   * knows better than core, which saw an older state. Default: what core saw.
   */
  readonly replaced?: boolean;
}

/**
 * What a system must be able to do to be a backend. Core calls `put`, `remove`, `confirm` and `replaceAll`
 * never twice at once for one reference, and never `replaceAll` beside another write. `load`, `sync` and `changes` may
 * run beside writes and beside each other, but never twice at once, unless core has given one up and aborted its signal.
 *
 * Without `changes`, nobody else writes to the system, and what a write has done is there once it resolves. With it,
 * readers and watches see what the feed has told, in its order, and nothing else: no write can be overtaken by an older
 * change of somebody else.
 *
 * Errors: throw a `BackendError` where the cause is known (its `outcome` says whether the write may
 * have happened), a {@link StoreFailedError} when the store can no longer vouch for what it
 * acknowledged. Anything else becomes `internal` with outcome `unknown`, and core reads the
 * resource again before it writes it. A write of unknown outcome that lands later must still find what it `expected`, or
 * it could undo what was acknowledged since.
 */
export interface Driver {
  /**
   * Everything that is stored. Called when the backend opens, and instead of a missing `read`; with `changes`, after a
   * gap, and where there is no `sync`, to find out about an unknown outcome. The signal comes with the last two: it is
   * aborted when nobody waits any more.
   *
   * With `changes`, take the position before the entries are read: what changes meanwhile is told again, and does no harm.
   */
  load(signal?: AbortSignal): Promise<LoadedStore>;
  /** Creates or replaces one entry; resolves when it is as durable as the backend claims. */
  put(
    entry: StoredEntry,
    expected: Expected,
    signal: AbortSignal | undefined,
  ): Promise<Written | void>;
  /**
   * Removes one entry, likewise. What is not there: no error if anything is expected; with a revision, `conflict` with
   * outcome `none`, where others may have removed it.
   */
  remove(
    ref: ResourceRef,
    expected: Expected,
    signal: AbortSignal | undefined,
  ): Promise<Written | void>;
  /**
   * Frees everything the driver holds. Called once, when every write has ended or core's patience has
   * (`closeTimeoutMs`): a write may then still be under way, and none begins any more.
   */
  close(): Promise<void>;
  /**
   * Makes these entries (in snapshot order) all that is stored, old-or-new at every instant. Without
   * it, core restores entry by entry, which a failure leaves half done and a second restore repairs. A feed tells of it by
   * one event, or as a gap.
   */
  replaceAll?(entries: readonly StoredEntry[]): Promise<Written | void>;
  /**
   * Makes an entry that is stored already as durable as the backend claims. Called before core answers that an apply is
   * unchanged; what it throws is that apply's error, with outcome `none` if it says nothing else. Without it, whatever is
   * stored is durable.
   */
  confirm?(entry: StoredEntry): Promise<void>;
  /** One entry as it is now. Without it, core calls `load` when it must know. Not called with `changes`. */
  read?(ref: ResourceRef): Promise<LoadedEntry | undefined>;
  /**
   * Follows the system: resolves once nothing after `from` can be missed, and yields everything after it, what this
   * handle writes included. Where the system only tells what happens from now on, begin to listen before you look for
   * what was before.
   *
   * It must come to every position that `load`, `put`, `remove`, `replaceAll` and `sync` have given: where nothing of
   * this store has changed up to there, by an event without changes. If the system's count is below `from`, it was
   * restored to an older state: that is a gap.
   *
   * When the signal is aborted, the iteration ends and frees what it holds: at close, which waits for it, and when core
   * has had enough of a connection that tells nothing.
   *
   * An end is no trouble: core calls it again. What it throws is: core calls it again after ever longer pauses. See
   * `feedTimeoutMs` for trouble that stays.
   *
   * @example
   * const log: StoreChange[] = []; // the system: its nth change has position n
   * const readers = new EventTarget();
   * const append = (change: StoreChange) => {
   *   log.push(change);
   *   readers.dispatchEvent(new Event("wake"));
   *   return { position: BigInt(log.length) };
   * };
   *
   * const driver: Driver = {
   *   async load() {
   *     const entries = new Map<string, StoredEntry>();
   *     for (const change of log) {
   *       if (change.type === "put") entries.set(referenceKey(change.entry.ref), change.entry);
   *       else if (change.type === "remove") entries.delete(referenceKey(change.ref));
   *     }
   *     return { position: BigInt(log.length), entries: entries.values() };
   *   },
   *   put: async (entry) => append({ type: "put", entry }),
   *   remove: async (ref) => append({ type: "remove", ref }),
   *   sync: async () => BigInt(log.length),
   *   changes: async (from, signal) =>
   *     (async function* () {
   *       signal.addEventListener("abort", () => readers.dispatchEvent(new Event("wake")));
   *       for (let position = from; !signal.aborted;) {
   *         const change = log[Number(position)];
   *         if (change !== undefined)
   *           yield { type: "changes", position: ++position, changes: [change] };
   *         else await new Promise((wake) => readers.addEventListener("wake", wake, { once: true }));
   *       }
   *     })(),
   *   close: async () => {},
   * };
   */
  changes?(from: Position, signal: AbortSignal): Promise<AsyncIterable<FeedEvent>>;
  /**
   * A position that includes everything acknowledged to anybody before the call, and that the feed will come to. Core
   * waits for it before a read where `reads` is `linearizable`, before it refuses a write or calls it unchanged, and to
   * find out about an unknown outcome. Callers at the same time share one. It has `feedTimeoutMs` to answer; then, and at
   * close, its signal is aborted.
   */
  sync?(signal: AbortSignal): Promise<Position>;
  /**
   * A revision for what is put next, where the driver keeps revisions in a form of its own: never one that it has
   * given before, in this opening of the store or another. Default: core mints them.
   *
   * @param envelope What will be put with it.
   */
  mintRevision?(envelope: Uint8Array): Revision;
  /** How many writes of different references may run at once. Default 64. */
  readonly maxConcurrentWrites?: number;
  /** Fields for `diagnostics()`: data only, no I/O. */
  diagnostics?(): Readonly<Record<string, unknown>>;
}

/**
 * Thrown by a driver that can no longer vouch for its store, such as after a failed fsync: from then on
 * every verb is `unavailable`, with the first of these as its cause, until the store is opened anew.
 *
 * @example
 * if (this.#failure !== undefined) throw new StoreFailedError(this.#failure.message, { outcome: "none" });
 */
export class StoreFailedError extends Error {
  /** For people; core knows it by its class. */
  override readonly name = "StoreFailedError";
  /** What the write that met it has left behind, and is told: `none` for one that was not begun. */
  readonly outcome: Exclude<Outcome, "pending">;

  /**
   * The failure as one write has met it.
   *
   * @param options `outcome`: default `unknown`.
   */
  constructor(
    message: string,
    options: ErrorOptions & { readonly outcome?: Exclude<Outcome, "pending"> } = {},
  ) {
    super(message, options);
    this.outcome = options.outcome ?? "unknown";
  }
}
