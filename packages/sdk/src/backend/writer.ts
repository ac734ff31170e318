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
import { type Driver, type Expected, StoreFailedError, type Written } from "./driver.ts";
import { equalBytes } from "./bytes.ts";
import { type Draft, type Entry, entryOf } from "./entry.ts";
import type { Intake } from "./intake.ts";
import {
  type Act,
  checkPrecondition,
  contended,
  isOvertaken,
  type Judge,
  verdictOf,
} from "./judge-write.ts";
import { LateWrites } from "./late-writes.ts";
import type { Lifecycle } from "./lifecycle.ts";
import { settledWithin } from "./patience.ts";
import { pause } from "./pause.ts";
import { defaultConcurrentWrites, restoreEntries } from "./restore-entries.ts";
import type { Judged, StoreState } from "./store-state.ts";
import { WriteLanes } from "./write-lanes.ts";

/** What a writer is made of. */
export interface WriterParts {
  readonly driver: Driver;
  readonly state: StoreState;
  readonly intake: Intake;
  readonly lifecycle: Lifecycle;
}

/** How often a write is judged before others have overtaken it often enough: with pauses, half a second. */
const maxTries = 8;

/** One write on its way. */
interface Write<T> {
  readonly ref: ResourceRef;
  readonly turn: Turn;
  readonly judge: Judge<T>;
  readonly judged: Judged;
  readonly signal: AbortSignal | undefined;
}

/** Orders the writes of one store and keeps its state true to what the driver did. */
export class Writer {
  readonly #driver: Driver;
  readonly #state: StoreState;
  readonly #intake: Intake;
  readonly #lifecycle: Lifecycle;
  readonly #lanes: WriteLanes;
  readonly #late = new LateWrites();
  /** When the system could not be asked about a doubt last, and why, by key. */
  readonly #unsettled = new Map<string, { readonly at: number; readonly error: BackendError }>();
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
    return this.#write(ref, signal, (present, { isDamaged, insists }) => {
      checkPrecondition(present, isDamaged, ifRevision);
      if (present !== undefined && !isDamaged && this.#isUnchanged(present, envelope))
        return {
          answer: { ref: { ...ref }, operation: "unchanged", revision: present.revision },
          confirms: present,
        };
      const expected = ifRevision ?? this.#expected(present, isDamaged || insists);
      const entry = entryOf(draft, this.#mintRevision(envelope));
      return {
        expected,
        act: () => this.#driver.put(entry, expected, signal),
        show: async (written): Promise<ApplyResult> => {
          const revision = await this.#intake.put(entry, written);
          const operation = wasThere(written, present) ? "replaced" : "created";
          return { ref: { ...ref }, operation, revision };
        },
      };
    });
  }

  delete(ref: ResourceRef, { ifRevision, signal }: WriteOptions): Promise<void> {
    return this.#write(ref, signal, (present, { isDamaged, insists }) => {
      if (present === undefined && !isDamaged) throw notFound();
      checkPrecondition(present, isDamaged, ifRevision);
      const expected = ifRevision ?? this.#expected(present, isDamaged || insists);
      return {
        expected,
        act: () => this.#driver.remove(ref, expected, signal),
        show: async (written) => {
          await this.#intake.removed(ref, written);
          if (!wasThere(written, present) && !isDamaged) throw notFound();
        },
      };
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
    await settledWithin(this.#lanes.drained(), timeoutMs);
    this.#closeDeadline.pass();
  }

  /** Runs a write in its turn: what it does is judged by what is there then. */
  #write<T>(ref: ResourceRef, signal: AbortSignal | undefined, judge: Judge<T>): Promise<T> {
    const turn = new Turn();
    const asked = performance.now();
    const result = this.#lanes.run(referenceKey(ref), async () => {
      turn.take();
      this.#lifecycle.checkSound();
      if (this.#state.isDoubtful(ref)) await this.#settleDoubt(ref, asked);
      const judged: Judged = { revision: undefined, wasRemoved: false };
      const write = { ref, turn, judge, judged, signal };
      if (!this.#intake.canCatchUp) return await this.#carryOut(write);
      return await this.#state.judging(ref, judged, () => this.#carryOut(write));
    });
    return awaitWrite(result, turn, signal, this.#closeDeadline);
  }

  /**
   * Where others write too, the mirror may be behind: nothing is refused and nothing answered by it before it has caught
   * up, and what the driver finds to be otherwise than expected is judged again.
   */
  async #carryOut<T>(write: Write<T>): Promise<T> {
    const { ref, judged, signal } = write;
    let isCurrent = !this.#intake.canCatchUp;
    for (let tries = 1; ;) {
      try {
        const done = await this.#lanes.inSlot(() => this.#judge(write, isCurrent, tries));
        if (done !== undefined) return await done();
        await this.#intake.catchUp(signal);
      } catch (error) {
        if (!this.#intake.canCatchUp || !write.turn.wasHandedOver || !isOvertaken(error))
          throw error;
        write.turn.wasHandedOver = false;
        await this.#intake.catchUp(signal);
        const isAsJudged = this.#state.mirror.get(ref)?.revision === judged.revision;
        if (isAsJudged && !judged.wasRemoved) throw error;
        if (tries >= maxTries) throw contended(error);
        await pause(2 ** tries++);
      }
      isCurrent = true;
    }
  }

  /** Judges, and has the driver act. Resolves to what remains, or to nothing if the mirror must catch up first. */
  async #judge<T>(
    { ref, turn, judge, judged }: Write<T>,
    isCurrent: boolean,
    tries: number,
  ): Promise<(() => Promise<T>) | undefined> {
    turn.take();
    this.#lifecycle.checkSound();
    const isDamaged = this.#state.damage.covers(ref);
    const present = this.#state.mirror.get(ref);
    judged.revision = present?.revision;
    judged.wasRemoved = false;
    const insists = tries >= maxTries;
    const verdict = verdictOf(() => judge(present, { isDamaged, insists }));
    if ("act" in verdict) {
      // From now on an abort leaves the outcome unknown.
      turn.wasHandedOver = true;
      return await this.#act(ref, verdict);
    }
    if (!isCurrent) return undefined;
    if ("refusal" in verdict) throw verdict.refusal;
    await this.#confirm(verdict.confirms);
    return async () => verdict.answer;
  }

  async #confirm(entry: Entry): Promise<void> {
    try {
      await this.#driver.confirm?.(entry);
    } catch (error) {
      throw this.#driverFailure(error, "none");
    }
  }

  /** Has the driver act. Resolves to what remains until readers see it. */
  async #act<T>(ref: ResourceRef, { expected, act, show }: Act<T>): Promise<() => Promise<T>> {
    let written: Written | void;
    try {
      written = await act();
    } catch (error) {
      throw this.#doubted(ref, expected, error);
    }
    return async () => {
      try {
        const result = await show(written);
        this.#late.forget(ref);
        return result;
      } catch (error) {
        throw this.#doubted(ref, expected, error);
      }
    };
  }

  /** The error of a write that the system may have by then, which may leave a doubt. */
  #doubted(ref: ResourceRef, expected: Expected, error: unknown): BackendError {
    const failure = this.#driverFailure(error);
    if (failure.outcome !== "none") {
      if (this.#intake.canCatchUp) this.#late.add(ref, expected);
      this.#doubt(ref);
    }
    return failure;
  }

  /** Bytes that are there already, and that no earlier write can replace any more. */
  #isUnchanged({ ref, envelope, revision }: Entry, wanted: Uint8Array): boolean {
    return equalBytes(envelope, wanted) && !this.#late.mayLandOver(ref, revision);
  }

  /** Nothing has been sent by then, whatever a driver's mint throws. */
  #mintRevision(envelope: Uint8Array): Revision {
    try {
      return this.#state.mintRevision(envelope);
    } catch (error) {
      throw this.#driverFailure(error, "none");
    }
  }

  /** What a write without a condition expects: what it was judged by, if it can be judged again. */
  #expected(present: Entry | undefined, isAnything: boolean): Expected {
    if (!this.#intake.canCatchUp || isAnything) return undefined;
    return present?.revision ?? "absent";
  }

  /** What a driver threw, as the error of the write that met it. */
  #driverFailure(error: unknown, outcome: "none" | "unknown" = "unknown"): BackendError {
    if (error instanceof StoreFailedError) return this.#lifecycle.fail(error);
    return BackendError.from(error, { outcome });
  }

  /** Has the resource read again: not awaited, since the caller learns at once and the next write waits. */
  #doubt(ref: ResourceRef): void {
    this.#state.doubt(ref);
    if (this.#lifecycle.state !== "open") return;
    this.#lanes.run(referenceKey(ref), () => this.#settleDoubt(ref)).catch(() => {});
  }

  /** @param asked Since when somebody waits for it. Where the system could not be asked since then, that is the answer. */
  async #settleDoubt(ref: ResourceRef, asked = performance.now()): Promise<void> {
    if (!this.#state.isDoubtful(ref)) return;
    const key = referenceKey(ref);
    const last = this.#unsettled.get(key);
    if (last !== undefined && last.at > asked) throw last.error;
    const resolve = (): Promise<void> => this.#intake.resolveDoubt(ref);
    try {
      // One that waits for a feed shares its question, and asks the system for nothing else.
      await (this.#driver.changes === undefined ? this.#lanes.inSlot(resolve) : resolve());
      this.#unsettled.delete(key);
    } catch (error) {
      if (error instanceof StoreFailedError) this.#lifecycle.fail(error);
      const reason = "what became of an earlier write of this resource could not be found out";
      const unsettled = new BackendError("unavailable", reason, { outcome: "none", cause: error });
      this.#noteUnsettled(key, unsettled);
      throw unsettled;
    }
  }

  /** Why a doubt was not settled, for those who wait for that: all of them are in the lane by now. */
  #noteUnsettled(key: string, error: BackendError): void {
    const noted = { at: performance.now(), error };
    this.#unsettled.set(key, noted);
    void this.#lanes.ended(key).then(() => {
      if (this.#unsettled.get(key) === noted) this.#unsettled.delete(key);
    });
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

/** Whether something was there before a write. */
function wasThere(written: Written | void, present: Entry | undefined): boolean {
  return written?.replaced ?? present !== undefined;
}

function notFound(): BackendError {
  return new BackendError("not_found", "there is no such resource");
}
