/** Those who wait until a feed has come to a position. */

import type { Position } from "./feed-event.ts";

interface Waiter {
  readonly position: Position;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** Where a feed has come to, and who waits for more. */
export class PositionWaiters {
  readonly #waiters = new Set<Waiter>();
  #reached: Position;

  constructor(reached: Position) {
    this.#reached = reached;
  }

  get reached(): Position {
    return this.#reached;
  }

  get size(): number {
    return this.#waiters.size;
  }

  /** Resolves once the feed has come to this position or beyond; rejects with the signal's reason when that is aborted. */
  wait(position: Position, signal: AbortSignal | undefined): Promise<void> {
    if (position <= this.#reached) return Promise.resolve();
    return new Promise((resolve, reject) => {
      const forget = (): void => {
        this.#waiters.delete(waiter);
        signal?.removeEventListener("abort", abort);
      };
      const abort = (): void => waiter.reject(signal?.reason);
      const waiter: Waiter = {
        position,
        resolve: () => {
          forget();
          resolve();
        },
        reject: (error) => {
          forget();
          reject(error);
        },
      };
      this.#waiters.add(waiter);
      signal?.addEventListener("abort", abort);
      if (signal?.aborted === true) abort();
    });
  }

  /** The feed is here now, also where that is less than before. */
  reach(position: Position): void {
    this.#reached = position;
    for (const waiter of [...this.#waiters]) if (waiter.position <= position) waiter.resolve();
  }

  /** Rejects everybody who waits now. */
  reject(error: Error): void {
    for (const waiter of [...this.#waiters]) waiter.reject(error);
  }
}
