/** Applies, deletes and restores: what happens between a checked request and the driver. */

import {
  BackendError,
  type ApplyResult,
  type ResourceRef,
  type Revision,
  type WriteOptions,
} from "../contract/index.ts";
import { referenceKey } from "../reference/index.ts";
import { awaitWrite, Deadline, Turn } from "./await-write.ts";
import { type Driver, StoreFailedError } from "./driver.ts";
import { equalBytes } from "./bytes.ts";
import { type Draft, type Entry, entryOf } from "./entry.ts";
import type { Lifecycle } from "./lifecycle.ts";
import { defaultConcurrentWrites, restoreEntries } from "./restore-entries.ts";
import type { StoreState } from "./store-state.ts";
import { WriteLanes } from "./write-lanes.ts";

/** Orders the writes of one store and keeps its state true to what the driver did. */
export class Writer {
  readonly #driver: Driver;
  readonly #state: StoreState;
  readonly #lifecycle: Lifecycle;
  readonly #lanes: WriteLanes;
  readonly #closeDeadline = new Deadline();

  constructor(driver: Driver, state: StoreState, lifecycle: Lifecycle) {
    this.#driver = driver;
    this.#state = state;
    this.#lifecycle = lifecycle;
    this.#lanes = new WriteLanes(driver.maxConcurrentWrites ?? defaultConcurrentWrites);
  }

  apply(draft: Draft, { ifRevision, signal }: WriteOptions): Promise<ApplyResult> {
    return this.#write(draft.ref, signal, async (handOver) => {
      const { ref, envelope } = draft;
      const present = this.#state.mirror.get(ref);
      this.#checkPrecondition(ref, present, ifRevision);
      const isDamaged = this.#state.damage.covers(ref);
      if (present !== undefined && !isDamaged && equalBytes(present.envelope, envelope)) {
        return { ref: { ...ref }, operation: "unchanged", revision: present.revision };
      }
      const revision = this.#state.mintRevision();
      await handOver(() => this.#driver.put({ ref, envelope, revision }, ifRevision, signal));
      this.#state.written(entryOf(draft, revision));
      return {
        ref: { ...ref },
        operation: present === undefined ? "created" : "replaced",
        revision,
      };
    });
  }

  delete(ref: ResourceRef, { ifRevision, signal }: WriteOptions): Promise<void> {
    return this.#write(ref, signal, async (handOver) => {
      const present = this.#state.mirror.get(ref);
      const isDamaged = this.#state.damage.covers(ref);
      if (present === undefined && !isDamaged)
        throw new BackendError("not_found", "there is no such resource");
      this.#checkPrecondition(ref, present, ifRevision);
      await handOver(() => this.#driver.remove(ref, ifRevision, signal));
      this.#state.removed(ref);
    });
  }

  /** Makes these entries all there is. Watches are told to start over when it ends, however it ends. */
  restore(entries: readonly Entry[], signal: AbortSignal | undefined): Promise<void> {
    const turn = new Turn();
    const result = this.#lanes.exclusive(async () => {
      turn.take();
      this.#lifecycle.checkSound();
      turn.wasHandedOver = true;
      try {
        await (this.#driver.replaceAll === undefined
          ? restoreEntries(entries, this.#driver, this.#state, turn)
          : this.#replaceAll(this.#driver.replaceAll.bind(this.#driver), entries));
      } catch (error) {
        throw this.#driverFailure(error);
      } finally {
        this.#state.hub.reset("the store was restored from a snapshot");
        for (const ref of this.#state.doubtful()) this.#doubt(ref);
      }
    });
    return awaitWrite(result, turn, signal, this.#closeDeadline);
  }

  /** Resolves when every accepted write has ended, or when the time is up; then the rest is `unknown`. */
  async close(timeoutMs: number): Promise<void> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const timeUp = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, timeoutMs);
    });
    await Promise.race([this.#lanes.drained(), timeUp]);
    clearTimeout(timer);
    this.#closeDeadline.pass();
  }

  /**
   * Runs a write in its turn. The task calls `handOver` around what it asks of the driver: from then
   * on an abort leaves the outcome unknown.
   */
  #write<T>(
    ref: ResourceRef,
    signal: AbortSignal | undefined,
    task: (handOver: (act: () => Promise<void>) => Promise<void>) => Promise<T>,
  ): Promise<T> {
    const turn = new Turn();
    const handOver = async (act: () => Promise<void>): Promise<void> => {
      turn.wasHandedOver = true;
      try {
        await act();
      } catch (error) {
        const failure = this.#driverFailure(error);
        if (failure.outcome !== "none") this.#doubt(ref);
        throw failure;
      }
    };
    const result = this.#lanes.run(referenceKey(ref), async () => {
      turn.take();
      this.#lifecycle.checkSound();
      if (this.#state.isDoubtful(ref)) {
        await this.#settleDoubt(ref);
        turn.take();
      }
      return task(handOver);
    });
    return awaitWrite(result, turn, signal, this.#closeDeadline);
  }

  /** What a driver threw, as the error of the write that met it. */
  #driverFailure(error: unknown): BackendError {
    if (error instanceof StoreFailedError) {
      const failure = this.#lifecycle.fail(error);
      this.#state.hub.end(this.#lifecycle.watchFailure());
      return failure;
    }
    return BackendError.from(error, { outcome: "unknown" });
  }

  /** Has the resource read again: not awaited, since the caller learns at once and the next write waits. */
  #doubt(ref: ResourceRef): void {
    this.#state.doubt(ref);
    if (this.#lifecycle.state !== "open") return;
    this.#lanes.run(referenceKey(ref), () => this.#settleDoubt(ref)).catch(() => {});
  }

  async #settleDoubt(ref: ResourceRef): Promise<void> {
    if (!this.#state.isDoubtful(ref)) return;
    try {
      await this.#state.resolveDoubt(ref, this.#driver);
    } catch (error) {
      const reason = "what became of an earlier write of this resource could not be found out";
      throw new BackendError("unavailable", reason, { outcome: "none", cause: error });
    }
  }

  #checkPrecondition(
    ref: ResourceRef,
    present: Entry | undefined,
    ifRevision: Revision | "absent" | undefined,
  ): void {
    if (ifRevision === undefined) return;
    const isDamaged = present === undefined && this.#state.damage.covers(ref);
    if (ifRevision === "absent") {
      if (present === undefined && !isDamaged) return;
      throw new BackendError("conflict", "the resource exists already");
    }
    if (present?.revision === ifRevision) return;
    if (present !== undefined)
      throw new BackendError("conflict", "the resource has changed: its revision is another");
    throw new BackendError(
      "conflict",
      isDamaged ? "the resource cannot be read" : "the resource does not exist",
    );
  }

  async #replaceAll(
    replaceAll: NonNullable<Driver["replaceAll"]>,
    entries: readonly Entry[],
  ): Promise<void> {
    try {
      await replaceAll(entries);
    } catch (error) {
      const mayHaveHappened = !BackendError.is(error) || error.outcome !== "none";
      if (mayHaveHappened && !(error instanceof StoreFailedError)) await this.#reload(error);
      throw error;
    }
    this.#state.replaced(entries);
  }

  /** Finds out what a restore with an unknown outcome has left; a store that can't be read has failed. */
  async #reload(cause: unknown): Promise<void> {
    try {
      await this.#state.load(this.#driver);
    } catch {
      throw new StoreFailedError("what became of a restore could not be found out", { cause });
    }
  }
}
