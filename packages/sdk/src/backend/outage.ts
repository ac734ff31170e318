/** Tells trouble that passes from trouble that stays. */

import { BackendError } from "../contract/index.ts";
import type { Lifecycle } from "./lifecycle.ts";
import { Patience } from "./patience.ts";

/** What an outage needs to know, and whom it tells. */
export interface OutageParts {
  readonly lifecycle: Lifecycle;
  /** How long the system may be lost before it is out of reach, in milliseconds. */
  readonly timeoutMs: number;
  /** It is out of reach: nobody is to wait for it any more. */
  readonly giveUp: (error: BackendError) => void;
}

/**
 * Whether the system can be followed. An outage is over when a connection stands; if connections stood and failed in
 * it, only when one is proven: it has told something, has ended in peace, or has held for half of `timeoutMs`.
 */
export class Outage {
  readonly #lifecycle: Lifecycle;
  readonly #giveUp: (error: BackendError) => void;
  readonly #patience: Patience;
  /** Until a connection that tells nothing is proven. */
  readonly #holding: Patience;
  #isFollowing = false;
  #isProven = false;
  #needsProof = false;
  /** The time is up, and a connection stands that is not proven: its failure is the last. */
  #isOverdue = false;
  #cause = new Error("the driver's changes do not begin");
  #error: BackendError | undefined;

  constructor({ lifecycle, timeoutMs, giveUp }: OutageParts) {
    this.#lifecycle = lifecycle;
    this.#giveUp = giveUp;
    this.#patience = new Patience(timeoutMs, () => this.#timeUp());
    this.#holding = new Patience(timeoutMs / 2, () => this.proven());
  }

  get isFollowing(): boolean {
    return this.#isFollowing;
  }

  /** What whoever would wait is told, while the system is out of reach. */
  get error(): BackendError | undefined {
    return this.#error;
  }

  /** A connection is asked for. */
  connecting(): void {
    this.#isFollowing = false;
    this.#patience.begin();
  }

  /** A connection stands. */
  following(): void {
    this.#isFollowing = true;
    this.#isProven = false;
    this.#holding.begin();
    if (!this.#needsProof) this.#end();
  }

  /** The connection is as it should be. */
  proven(): void {
    if (this.#isProven && this.#error === undefined) return;
    this.#isProven = true;
    this.#needsProof = false;
    this.#holding.end();
    this.#end();
  }

  /** Changes were lost, and what there is must be loaded: no connection proves anything before that. */
  reloading(reason: string): void {
    this.#needsProof = true;
    this.#without(new Error(`changes were lost: ${reason}`));
    this.#patience.begin();
  }

  /** The connection has ended in peace. */
  ended(): void {
    this.proven();
    this.#without(new Error("the driver's changes have ended"));
  }

  /** Something has failed. */
  lost(cause: Error): void {
    if (this.#isFollowing && !this.#isProven) this.#needsProof = true;
    this.#without(cause);
    this.#lifecycle.lastError = `the system's changes: ${cause.message}`;
    const isForGood = BackendError.is(cause) && !cause.retryable;
    if (isForGood || this.#isOverdue) this.#outOfReach(cause);
    else this.#patience.begin();
  }

  /** The connection stands and tells nothing, for longer than somebody can wait. */
  silent(cause: Error): void {
    this.#needsProof = true;
    this.#without(cause);
    this.#lifecycle.lastError = `the system's changes: ${cause.message}`;
    this.#outOfReach(cause);
  }

  /** Nobody is to be told any more. */
  close(): void {
    this.#isFollowing = false;
    this.#patience.end();
    this.#holding.end();
  }

  #without(cause: Error): void {
    this.#isFollowing = false;
    this.#isProven = false;
    this.#holding.end();
    this.#cause = cause;
  }

  #timeUp(): void {
    if (this.#isFollowing) this.#isOverdue = true;
    else this.#outOfReach(this.#cause);
  }

  #outOfReach(cause: Error): void {
    this.#error = this.#lifecycle.outOfReach(cause);
    this.#giveUp(this.#error);
  }

  #end(): void {
    this.#patience.end();
    this.#isOverdue = false;
    this.#error = undefined;
    this.#lifecycle.recovered();
  }
}
