/** Applies, deletes and restores: what happens between a checked request and the driver. */

import {
  BackendError,
  type ApplyResult,
  type ResourceRef,
  type WriteOptions,
} from "../contract/index.ts";
import { referenceKey } from "../reference/index.ts";
import { awaitWrite, Deadline, Turn } from "./await-write.ts";
import { type Driver, type Expected, StoreFailedError } from "./driver.ts";
import { equalBytes } from "./bytes.ts";
import { type Draft, type Entry, entryOf } from "./entry.ts";
import type { Intake } from "./intake.ts";
import {
  type Act,
  checkPrecondition,
  isOvertaken,
  type Verdict,
  verdictOf,
} from "./judge-write.ts";
import { LateWrites } from "./late-writes.ts";
import type { Lifecycle } from "./lifecycle.ts";
import { defaultConcurrentWrites, restoreEntries } from "./restore-entries.ts";
import type { StoreState } from "./store-state.ts";
import { WriteLanes } from "./write-lanes.ts";

/** What a writer is made of. */
export interface WriterParts {
  readonly driver: Driver;
  readonly state: StoreState;
  readonly intake: Intake;
  readonly lifecycle: Lifecycle;
}

/** Orders the writes of one store and keeps its state true to what the driver did. */
export class Writer {
  readonly #driver: Driver;
  readonly #state: StoreState;
  readonly #intake: Intake;
  readonly #lifecycle: Lifecycle;
  readonly #lanes: WriteLanes;
  readonly #late = new LateWrites();
  readonly #closeDeadline = new Deadline();

  constructor({ driver, state, intake, lifecycle }: WriterParts) {
    this.#driver = driver;
    this.#state = state;
    this.#intake = intake;
    this.#lifecycle = lifecycle;
    this.#lanes = new WriteLanes(driver.maxConcurrentWrites ?? defaultConcurrentWrites);
  }

  apply(draft: Draft, { ifRevision, signal }: WriteOptions): Promise<ApplyResult> {
    const { ref, envelope } = draft;
    return this.#write(ref, signal, (present, isDamaged) => {
      checkPrecondition(present, isDamaged, ifRevision);
      if (present !== undefined && !isDamaged && this.#isUnchanged(present, envelope))
        return { answer: { ref: { ...ref }, operation: "unchanged", revision: present.revision } };
      const expected = ifRevision ?? this.#expected(present, isDamaged);
      const act = async (): Promise<ApplyResult> => {
        const entry = entryOf(draft, this.#state.mintRevision());
        const written = await this.#driver.put(entry, expected, signal);
        const revision = await this.#intake.put(entry, written);
        const operation = present === undefined ? "created" : "replaced";
        return { ref: { ...ref }, operation, revision };
      };
      return { expected, act };
    });
  }

  delete(ref: ResourceRef, { ifRevision, signal }: WriteOptions): Promise<void> {
    return this.#write(ref, signal, (present, isDamaged) => {
      if (present === undefined && !isDamaged)
        throw new BackendError("not_found", "there is no such resource");
      checkPrecondition(present, isDamaged, ifRevision);
      const expected = ifRevision ?? this.#expected(present, isDamaged);
      const act = async (): Promise<void> => {
        await this.#intake.removed(ref, await this.#driver.remove(ref, expected, signal));
      };
      return { expected, act };
    });
  }

  /** Makes these entries all there is. Watches are told to start over when it ends, however it ends. */
  restore(entries: readonly Entry[], signal: AbortSignal | undefined): Promise<void> {
    const turn = new Turn();
    const result = this.#lanes.exclusive(async () => {
      turn.take();
      this.#lifecycle.checkSound();
      // What others have written decides what is left to do.
      await this.#intake.catchUp();
      turn.take();
      turn.wasHandedOver = true;
      this.#state.hub.hold();
      try {
        await (this.#driver.replaceAll === undefined
          ? restoreEntries(
              entries,
              this.#driver,
              { intake: this.#intake, state: this.#state },
              turn,
            )
          : this.#replaceAll(this.#driver.replaceAll.bind(this.#driver), entries));
      } catch (error) {
        throw this.#driverFailure(error);
      } finally {
        this.#state.hub.release("the store was restored from a snapshot");
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

  /** Runs a write in its turn: what it does is judged by what is there then. */
  #write<T>(
    ref: ResourceRef,
    signal: AbortSignal | undefined,
    judge: (present: Entry | undefined, isDamaged: boolean) => Verdict<T>,
  ): Promise<T> {
    const turn = new Turn();
    const result = this.#lanes.run(referenceKey(ref), async () => {
      turn.take();
      this.#lifecycle.checkSound();
      if (this.#state.isDoubtful(ref)) {
        await this.#settleDoubt(ref);
        turn.take();
      }
      return this.#carryOut(ref, turn, judge);
    });
    return awaitWrite(result, turn, signal, this.#closeDeadline);
  }

  /**
   * Where others write too, the mirror may be behind: nothing is refused and nothing answered by it before it has caught
   * up, and what the driver finds to be otherwise than expected is judged again.
   */
  async #carryOut<T>(
    ref: ResourceRef,
    turn: Turn,
    judge: (present: Entry | undefined, isDamaged: boolean) => Verdict<T>,
  ): Promise<T> {
    for (let isCurrent = !this.#intake.canCatchUp; ; isCurrent = true) {
      const present = this.#state.mirror.get(ref);
      const { removals } = this.#state;
      const verdict = verdictOf(() => judge(present, this.#state.damage.covers(ref)));
      if ("act" in verdict) {
        try {
          return await this.#handOver(ref, turn, verdict);
        } catch (error) {
          if (!this.#intake.canCatchUp || !isOvertaken(error)) throw error;
          turn.wasHandedOver = false;
          await this.#intake.catchUp();
          const isAsJudged = this.#state.mirror.get(ref)?.revision === present?.revision;
          if (isAsJudged && this.#state.removals === removals) throw error;
        }
      } else if (!isCurrent) {
        await this.#intake.catchUp();
      } else if ("refusal" in verdict) {
        throw verdict.refusal;
      } else return verdict.answer;
      turn.take();
      this.#lifecycle.checkSound();
    }
  }

  /** Asks the driver: from now on an abort leaves the outcome unknown. */
  async #handOver<T>(ref: ResourceRef, turn: Turn, { expected, act }: Act<T>): Promise<T> {
    turn.wasHandedOver = true;
    try {
      const result = await act();
      this.#late.forget(ref);
      return result;
    } catch (error) {
      const failure = this.#driverFailure(error);
      if (failure.outcome !== "none") {
        if (this.#intake.canCatchUp) this.#late.add(ref, expected);
        this.#doubt(ref);
      }
      throw failure;
    }
  }

  /** Bytes that are there already, and that no earlier write can replace any more. */
  #isUnchanged({ ref, envelope, revision }: Entry, wanted: Uint8Array): boolean {
    return equalBytes(envelope, wanted) && !this.#late.mayLandOver(ref, revision);
  }

  /** What a write without a condition expects: what it was judged by, if it can be judged again. */
  #expected(present: Entry | undefined, isDamaged: boolean): Expected {
    if (!this.#intake.canCatchUp || isDamaged) return undefined;
    return present?.revision ?? "absent";
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
      await this.#intake.resolveDoubt(ref);
    } catch (error) {
      const reason = "what became of an earlier write of this resource could not be found out";
      throw new BackendError("unavailable", reason, { outcome: "none", cause: error });
    }
  }

  async #replaceAll(
    replaceAll: NonNullable<Driver["replaceAll"]>,
    entries: readonly Entry[],
  ): Promise<void> {
    try {
      await this.#intake.replaced(entries, await replaceAll(entries));
    } catch (error) {
      const mayHaveHappened = !BackendError.is(error) || error.outcome !== "none";
      if (mayHaveHappened && !(error instanceof StoreFailedError))
        await this.#intake.replacedPerhaps(error);
      throw error;
    }
  }
}
