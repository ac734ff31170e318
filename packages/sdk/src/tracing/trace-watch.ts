/** A watch whose events and end are published as its reader takes them. */

import type { Watch, WatchEvent } from "../contract/index.ts";
import { watchChannels } from "./channels.ts";
import { aboutEvent, quietly, tracedError } from "./describe.ts";
import type { VerbContext, WatchEndMessage } from "./messages.ts";
import { promised } from "./trace-call.ts";

type Reason = WatchEndMessage["reason"];

/** What a traced watch must know of what opened it. */
export interface WatchOrigin {
  readonly opened: VerbContext;
  readonly signal: AbortSignal | undefined;
  /** Why an iteration that ends by itself has ended. */
  readonly reason: () => Reason;
  /** Called once. */
  readonly ended: (watch: TracedWatch) => void;
}

/** Delivers what the watch beneath delivers, when it does. */
export class TracedWatch implements Watch {
  readonly #watch: Watch;
  readonly #origin: WatchOrigin;
  readonly #delivered = { added: 0, modified: 0, deleted: 0, bookmark: 0, reset: 0 };
  #bytesOut = 0;
  #isEnded = false;
  readonly #onAbort = (): void => this.end("aborted");

  constructor(watch: Watch, origin: WatchOrigin) {
    this.#watch = watch;
    this.#origin = origin;
  }

  /** Listens to the signal that the watch was opened with, which may have been aborted meanwhile. */
  begin(): void {
    const { signal } = this.#origin;
    if (signal?.aborted === true) this.end("aborted");
    else signal?.addEventListener("abort", this.#onAbort);
  }

  close(): Promise<void> {
    this.end("closed");
    return promised(() => this.#watch.close());
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.end("closed");
    return promised(async () => this.#watch[Symbol.asyncDispose]());
  }

  [Symbol.asyncIterator](): AsyncIterator<WatchEvent, undefined> {
    const iterator: AsyncIterator<WatchEvent, undefined> = this.#watch[Symbol.asyncIterator]();
    const leave = iterator.return?.bind(iterator);
    return {
      next: () => promised(() => iterator.next()).then(this.#taken, this.#failed),
      ...(leave === undefined
        ? {}
        : {
            return: (value) => {
              this.end("closed");
              return promised(() => leave(value));
            },
          }),
    };
  }

  /** Publishes the end, the first time. */
  end(reason: Reason, error?: unknown): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    const { opened, signal, ended } = this.#origin;
    signal?.removeEventListener("abort", this.#onAbort);
    watchChannels.end.publish({
      opened,
      reason,
      delivered: { ...this.#delivered },
      bytesOut: this.#bytesOut,
      ...(reason === "failed" ? { error: tracedError(error) } : {}),
    });
    ended(this);
  }

  readonly #taken = (
    result: IteratorResult<WatchEvent, undefined>,
  ): IteratorResult<WatchEvent, undefined> => {
    quietly(() => {
      if (result.done === true) this.end(this.#origin.reason());
      else this.#publish(result.value);
    });
    return result;
  };

  readonly #failed = (error: unknown): never => {
    this.end("failed", error);
    throw error;
  };

  #publish(event: WatchEvent): void {
    const about = aboutEvent(event);
    this.#delivered[event.type]++;
    this.#bytesOut += about.bytesOut ?? 0;
    watchChannels.event.publish({ opened: this.#origin.opened, type: event.type, ...about });
  }
}
