/** Those who wait until a feed has come to a position. */

import type { Position } from "./feed-event.ts";

interface Waiter {
  readonly position: Position;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
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

  /** Resolves once the feed has come to this position or beyond. */
  wait(position: Position): Promise<void> {
    if (position <= this.#reached) return Promise.resolve();
    return new Promise((resolve, reject) => {
      this.#waiters.add({ position, resolve, reject });
    });
  }

  reach(position: Position): void {
    this.#reached = position;
    for (const waiter of this.#waiters) {
      if (waiter.position > position) continue;
      this.#waiters.delete(waiter);
      waiter.resolve();
    }
  }

  /** Rejects everybody who waits now. */
  reject(error: Error): void {
    for (const waiter of this.#waiters) waiter.reject(error);
    this.#waiters.clear();
  }
}
