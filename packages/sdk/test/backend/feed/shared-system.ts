/** A system with many writers, whose whole history a test can look into, and a driver for it that can be held up. */

import {
  BackendError,
  type DamagedEntry,
  type Driver,
  type Expected,
  type FeedEvent,
  type LoadedStore,
  type Position,
  referenceKey,
  type ResourceRef,
  type Revision,
  type StoreChange,
  type StoredEntry,
  type Written,
} from "@engenho/sdk";

/** One change of one resource, made by one transaction. */
export interface Commit {
  readonly position: number;
  readonly ref: ResourceRef;
  /** Undefined: removed. */
  readonly entry: StoredEntry | undefined;
}

export type State = ReadonlyMap<string, StoredEntry>;

/** Its revisions are its positions. */
export class SharedSystem {
  readonly log: Commit[] = [];
  readonly #states: State[] = [new Map()];
  /** A clock: whoever looks at it moves it on. */
  now = 0;
  /** Changes up to here cannot be had any more. */
  compacted = 0;
  readonly #listeners = new Set<() => void>();

  get head(): number {
    return this.#states.length - 1;
  }

  at(position: number): State {
    const state = this.#states[position];
    if (state === undefined) throw new Error(`no position ${position}`);
    return state;
  }

  get state(): State {
    return this.at(this.head);
  }

  put(ref: ResourceRef, envelope: Uint8Array): number {
    const entry = { ref, envelope, revision: `s-${this.head + 1}` as Revision };
    return this.transact([{ ref, entry }]);
  }

  remove(ref: ResourceRef): number {
    return this.transact([{ ref, entry: undefined }]);
  }

  /** Several changes at one position. */
  transact(changes: readonly Omit<Commit, "position">[]): number {
    const next = new Map(this.state);
    for (const { ref, entry } of changes) {
      if (entry === undefined) next.delete(referenceKey(ref));
      else next.set(referenceKey(ref), entry);
    }
    this.#states.push(next);
    for (const change of changes) this.log.push({ ...change, position: this.head });
    for (const listener of this.#listeners) listener();
    return this.head;
  }

  /** Resolves when there is something after this position, or the signal is aborted. */
  async after(position: number, signal: AbortSignal): Promise<void> {
    if (this.head > position || signal.aborted) return;
    await new Promise<void>((resolve) => {
      const end = (): void => {
        this.#listeners.delete(end);
        signal.removeEventListener("abort", end);
        resolve();
      };
      this.#listeners.add(end);
      signal.addEventListener("abort", end);
    });
  }
}

/** Where a test can hold up or fail a driver. */
export type Stage =
  | "load"
  | "request"
  | "response"
  | "connect"
  | "event"
  | "freed"
  | "late"
  | "sync request"
  | "sync response";

/** A write that was given up on and has landed after all. */
export interface LateWrite {
  readonly ref: ResourceRef;
  readonly expected: Expected;
  readonly givenUpAt: number;
  readonly landedAt: number;
}

/** One handle of a shared system. */
export class SystemDriver implements Driver {
  /** Another one: the system was restored from a backup, and its count with it. */
  system: SharedSystem;
  at: (stage: Stage) => Promise<void> | void = () => {};
  readonly damaged: DamagedEntry[] = [];
  readonly expectations: Expected[] = [];
  readonly late: LateWrite[] = [];
  /** What writes of unknown outcome expected. */
  readonly doubted = new Set<Expected>();
  /** Resolve when writes that were given up on have landed, or never will. */
  readonly underway: Promise<void>[] = [];
  /** Whether the next write is given up on and lands later, or never. */
  isSlow: () => boolean = () => false;
  gaps = 0;
  loads = 0;
  isClosed = false;
  /** Whether the last feed has ended. */
  isFreed = true;
  /** Of the last feed. */
  signal: AbortSignal | undefined;
  sync?: (signal: AbortSignal) => Promise<Position>;
  /** Whether it says what is right before a write. */
  readonly #tellsPrevious: boolean;

  constructor(
    system: SharedSystem,
    {
      hasSync = true,
      tellsPrevious = false,
    }: { readonly hasSync?: boolean; readonly tellsPrevious?: boolean } = {},
  ) {
    this.system = system;
    this.#tellsPrevious = tellsPrevious;
    if (hasSync) this.sync = () => this.#sync();
  }

  async load(_signal?: AbortSignal): Promise<LoadedStore> {
    this.loads++;
    await this.at("load");
    const position = BigInt(this.system.head);
    return { entries: [...this.system.state.values()], damaged: this.damaged, position };
  }

  put({ ref, envelope }: StoredEntry, expected: Expected): Promise<Written> {
    return this.#doubting(expected, () =>
      this.#write(ref, expected, () => this.system.put(ref, envelope)),
    );
  }

  remove(ref: ResourceRef, expected: Expected): Promise<Written> {
    return this.#doubting(expected, () =>
      this.#write(ref, expected, () => this.system.remove(ref)),
    );
  }

  async changes(from: Position, signal: AbortSignal): Promise<AsyncIterable<FeedEvent>> {
    this.signal = signal;
    await this.at("connect");
    return this.#follow(Number(from), signal);
  }

  async close(): Promise<void> {
    this.isClosed = true;
  }

  async #write(ref: ResourceRef, expected: Expected, act: () => number): Promise<Written> {
    this.expectations.push(expected);
    await this.at("request");
    const attempt = (): number => {
      const present = this.system.state.get(referenceKey(ref));
      if (expected !== undefined && expected !== (present?.revision ?? "absent"))
        throw new BackendError("conflict", "something else is there");
      return act();
    };
    if (this.isSlow()) {
      const write = { ref, expected, givenUpAt: this.system.now++ };
      this.underway.push(this.#landLate(write, attempt));
      throw new BackendError("timeout", "no answer");
    }
    const position = attempt();
    await this.at("response");
    const previous = this.#tellsPrevious ? BigInt(position - 1) : undefined;
    return { position: BigInt(position), previous, revision: `s-${position}` as Revision };
  }

  async #doubting(expected: Expected, write: () => Promise<Written>): Promise<Written> {
    try {
      return await write();
    } catch (error) {
      if (!BackendError.is(error, "conflict")) this.doubted.add(expected);
      throw error;
    }
  }

  async #landLate(write: Omit<LateWrite, "landedAt">, attempt: () => number): Promise<void> {
    try {
      await this.at("late");
      attempt();
      this.late.push({ ...write, landedAt: this.system.now++ });
    } catch {
      // Then it never lands.
    }
  }

  /** Takes a step to free what it holds, as a connection does. */
  async *#follow(from: number, signal: AbortSignal): AsyncGenerator<FeedEvent> {
    this.isFreed = false;
    try {
      yield* this.#events(from, signal);
    } finally {
      try {
        await this.at("freed");
      } finally {
        this.isFreed = true;
      }
    }
  }

  async *#events(from: number, signal: AbortSignal): AsyncGenerator<FeedEvent> {
    const { system } = this;
    if (from > system.head) {
      yield { type: "gap", reason: "restored" };
      return;
    }
    for (let position = from; ; position++) {
      await system.after(position, signal);
      if (signal.aborted) return;
      await this.at("event");
      if (system !== this.system) throw new Error("the system was stopped");
      if (position < system.compacted) {
        this.gaps++;
        yield { type: "gap", reason: "compacted" };
        return;
      }
      yield this.#event(position + 1);
    }
  }

  #event(position: number): FeedEvent {
    const changes = this.system.log
      .filter((commit) => commit.position === position)
      .map(({ ref, entry }): StoreChange => {
        return entry === undefined ? { type: "remove", ref } : { type: "put", entry };
      });
    return { type: "changes", position: BigInt(position), changes };
  }

  async #sync(): Promise<Position> {
    await this.at("sync request");
    const { head } = this.system;
    await this.at("sync response");
    return BigInt(head);
  }
}
