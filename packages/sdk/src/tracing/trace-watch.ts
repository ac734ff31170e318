/** A watch whose events and end are published as its reader takes them. */

import type { Watch, WatchEvent } from "../contract/index.ts";
import { watchChannels } from "./channels.ts";
import { aboutEvent, quietly, tracedError } from "./describe.ts";
import type { VerbContext, WatchEndMessage } from "./messages.ts";
import { promised } from "./trace-call.ts";

type Reason = WatchEndMessage["reason"];

/** What an iterator may have beyond what a reader needs. */
type EventIterator = AsyncIterator<WatchEvent, undefined, unknown> &
  Partial<AsyncIterable<WatchEvent> & AsyncDisposable>;

/** What a traced watch must know of what opened it. */
export interface WatchOrigin {
  readonly opened: VerbContext;
  readonly signal: AbortSignal | undefined;
  /** Why an iteration that ends by itself has ended. */
  readonly reason: () => Reason;
  /** Those whose end is still to be told; this one is there from `begin` to its end. */
  readonly open: Set<WeakRef<TracedWatch>>;
}

/** What a watch that ended beneath and is read no more has left behind. */
const abandoned = new FinalizationRegistry<() => void>((forget) => forget());

/** Delivers what the watch beneath delivers, when it does. */
export class TracedWatch implements Watch {
  readonly #watch: Watch;
  readonly #origin: WatchOrigin;
  readonly #delivered = { added: 0, modified: 0, deleted: 0, bookmark: 0, reset: 0 };
  #bytesOut = 0;
  #isRead = false;
  #isEnded = false;
  #forget = (): void => {};

  constructor(watch: Watch, origin: WatchOrigin) {
    this.#watch = watch;
    this.#origin = origin;
  }

  /** From here on its end is told; the signal that it was opened with may have been aborted meanwhile. */
  begin(): void {
    this.#forget = remember(new WeakRef(this), this.#origin);
    abandoned.register(this, this.#forget, this);
    if (this.#origin.signal?.aborted === true) this.end("aborted");
  }

  /** A reader learns by itself of a backend that is closed, behind what was still waiting. */
  backendClosed(): void {
    if (!this.#isRead) this.end("backend-closed");
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
    this.#isRead = true;
    const beneath: EventIterator = this.#watch[Symbol.asyncIterator]();
    const traced: EventIterator = {
      next: (...args) => promised(() => beneath.next(...args)).then(this.#taken, this.#failed),
    };
    const leaving =
      <Args extends unknown[], Result>(leave: (...args: Args) => PromiseLike<Result>) =>
      (...args: Args): Promise<Result> => {
        this.end("closed");
        return promised(async () => leave(...args));
      };
    if (beneath.return !== undefined) traced.return = leaving(beneath.return.bind(beneath));
    if (beneath.throw !== undefined) traced.throw = leaving(beneath.throw.bind(beneath));
    const dispose = beneath[Symbol.asyncDispose]?.bind(beneath);
    if (dispose !== undefined) traced[Symbol.asyncDispose] = leaving(dispose);
    if (beneath[Symbol.asyncIterator] !== undefined)
      traced[Symbol.asyncIterator] = () => traced as AsyncIterator<WatchEvent>;
    return traced;
  }

  /** Publishes the end, the first time. */
  end(reason: Reason, error?: unknown): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    const { opened } = this.#origin;
    this.#forget();
    abandoned.unregister(this);
    watchChannels.end.publish({
      opened,
      reason,
      delivered: { ...this.#delivered },
      bytesOut: this.#bytesOut,
      ...(reason === "failed" ? { error: tracedError(error) } : {}),
    });
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
    if (this.#isEnded) return; // the end was the last word
    const about = aboutEvent(event);
    this.#delivered[event.type]++;
    this.#bytesOut += about.bytesOut ?? 0;
    watchChannels.event.publish({ opened: this.#origin.opened, type: event.type, ...about });
  }
}

/**
 * Keeps an account of a watch that does not keep the watch: signals and backends live longer than readers do, and nobody
 * here learns of an end beneath that nobody reads.
 */
function remember(watch: WeakRef<TracedWatch>, { signal, open }: WatchOrigin): () => void {
  const onAbort = (): void => watch.deref()?.end("aborted");
  open.add(watch);
  signal?.addEventListener("abort", onAbort);
  return () => {
    signal?.removeEventListener("abort", onAbort);
    open.delete(watch);
  };
}
