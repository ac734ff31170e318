/** Events that wait for core to take them, numbered as they come. */

import type { FeedEvent, Position, StoreChange } from "@engenho/sdk";

/** One queue for one reader at a time. */
export class EventQueue {
  #events: FeedEvent[] = [];
  #position: Position = 0n;
  #arrived = Promise.withResolvers<void>();

  /** Tells changes, all of one moment, and gives that moment's position. */
  tell(changes: readonly StoreChange[]): Position {
    this.#position++;
    this.#push({ type: "changes", position: this.#position, changes });
    return this.#position;
  }

  /** Says that everything must be loaded anew. */
  tellGap(reason: string): void {
    this.#push({ type: "gap", reason });
  }

  /** Gives a new moment to whoever reads everything now, and forgets the events before it. */
  startOver(): Position {
    this.#events = [];
    return ++this.#position;
  }

  /** Everything after a position, as it comes, until a gap or the signal. */
  async *after(from: Position, signal: AbortSignal): AsyncGenerator<FeedEvent> {
    // Not a race with a promise of the signal's: that would keep something of every event until the signal comes.
    const wake = (): void => this.#wake();
    signal.addEventListener("abort", wake);
    try {
      while (!signal.aborted) {
        const event = this.#events.shift();
        if (event === undefined) await this.#arrived.promise;
        else if (event.type === "gap" || event.position > from) yield event;
        if (event?.type === "gap") return;
      }
    } finally {
      signal.removeEventListener("abort", wake);
    }
  }

  #push(event: FeedEvent): void {
    this.#events.push(event);
    this.#wake();
  }

  #wake(): void {
    this.#arrived.resolve();
    this.#arrived = Promise.withResolvers();
  }
}
