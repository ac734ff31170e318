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
    const aborted = new Promise<void>((resolve) => {
      signal.addEventListener("abort", () => resolve(), { once: true });
    });
    while (!signal.aborted) {
      const event = this.#events.shift();
      if (event === undefined) await Promise.race([this.#arrived.promise, aborted]);
      else if (event.type === "gap" || event.position > from) yield event;
      if (event?.type === "gap") return;
    }
  }

  #push(event: FeedEvent): void {
    this.#events.push(event);
    this.#arrived.resolve();
    this.#arrived = Promise.withResolvers();
  }
}
