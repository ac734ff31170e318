/** A watch of keys, on whatever member answers, and how far it has come. */

import { BackendError } from "@engenho/sdk";
import type { EtcdClient } from "./etcd/etcd-client.ts";
import { endedWatch, etcdError, isStaleToken } from "./etcd/etcd-error.ts";
import type { WatchResponse } from "./etcd/messages.ts";
import type { KeyRange } from "./layout.ts";

/** A silent stream is asked this often how far it has come. */
const SILENT_MS = 500;
/** One that leaves so many questions unanswered is of a member that is stalled or cut off. */
const MOST_UNANSWERED = 5;
/** Fewer, where nobody has written anything to the cluster since it began: etcd may not be able to answer. */
const MOST_UNANSWERABLE = 3;
/** Between two questions how far the watch has come: at first, and at most. */
const [FIRST_PAUSE_MS, LONGEST_PAUSE_MS] = [5, 200];

type Stream = Awaited<ReturnType<EtcdClient["watch"]>>;

/** A watch that has begun. */
interface Followed {
  readonly responses: AsyncGenerator<WatchResponse, void>;
  readonly revision: bigint | undefined;
}

/** How a watch begins. */
interface Beginning {
  readonly endpoint: string;
  readonly signal: AbortSignal;
  readonly from: bigint;
  /** Whether it is from a revision on that may be still to come. */
  readonly isToCome: boolean;
}

/** One watch at a time. */
export class WatchFeed {
  readonly #client: EtcdClient;
  #stream: Stream | undefined;
  #endpoint: string | undefined;
  #reached = 0n;
  /** What somebody waits for. */
  #wanted = 0n;
  /** After which revision a watch from the next one on has heard nothing. */
  #quietAt: bigint | undefined;
  #question: ReturnType<typeof setTimeout> | undefined;

  constructor(client: EtcdClient) {
    this.#client = client;
  }

  /** Of the member that is watched; undefined while none is. */
  get endpoint(): string | undefined {
    return this.#stream === undefined ? undefined : this.#endpoint;
  }

  /** Up to which revision everything has been told. */
  get reached(): bigint {
    return this.#reached;
  }

  /** Everything up to this revision has been told. */
  reach(revision: bigint): void {
    this.#reached = revision;
    if (this.#wanted <= revision) this.#askNoMore();
  }

  /** All is at this revision, which is less than was told before: of another history. */
  startOver(revision: bigint): void {
    this.#wanted = revision;
    this.reach(revision);
  }

  /**
   * Resolves when the member watches these keys from the revision after this one on. Yields what it says, and throws what
   * ends it, as a `BackendError`; after an abort it only ends. `revision` is how far the member was then, if it has said so.
   *
   * To a watch from a revision that is still to come etcd answers no question how far it is: where nobody writes, a member
   * that is well could not be told from a stalled one. Such a one ends after a while, without an error, and the next one is
   * from this revision itself: that is answered, but begins up to 100 ms later.
   */
  async follow(range: KeyRange, from: bigint, signal: AbortSignal): Promise<Followed> {
    this.reach(from);
    const { endpoint } = this.#client;
    try {
      const stream = await this.#client.watch();
      stream.on("error", () => {}); // Whoever reads it is told.
      const isToCome = from !== this.#quietAt;
      const responses = this.#responses(stream, { endpoint, signal, from, isToCome });
      stream.write({ create: { ...range, startRevision: isToCome ? from + 1n : from } });
      const first = await responses.next();
      if (first.done !== true) await this.#checkBegun(first.value, responses);
      // Whoever wanted it may want it no more.
      if (!signal.aborted) this.#stream = stream;
      this.#endpoint = endpoint;
      if (this.#wanted > this.#reached) this.#ask(FIRST_PAUSE_MS);
      return { responses, revision: first.value?.header?.revision };
    } catch (error) {
      this.#client.leave(endpoint);
      throw etcdError(error);
    }
  }

  /**
   * Somebody waits for this revision: makes sure that it is told, if it brings no event of this watch, and that a member
   * that tells nothing is left.
   */
  want(revision: bigint, { brings }: { readonly brings: "an event" | "perhaps nothing" }): void {
    if (revision <= this.#reached) return;
    if (revision > this.#wanted) this.#wanted = revision;
    if (this.#stream === undefined) return; // The next one is asked when it begins.
    if (brings === "perhaps nothing") this.#ask(FIRST_PAUSE_MS);
    else this.#question ??= setTimeout(() => this.#ask(FIRST_PAUSE_MS), LONGEST_PAUSE_MS);
  }

  /** Ends the watch: whoever reads it is told that it is lost. */
  end(): void {
    this.#stream?.cancel();
  }

  /** Asks how far the watch has come, again and again until that is enough. */
  #ask(pause: number): void {
    this.#askNoMore();
    const stream = this.#stream;
    if (stream === undefined || this.#wanted <= this.#reached) return;
    stream.write({ progress: {} });
    const next = Math.min(2 * pause, LONGEST_PAUSE_MS);
    this.#question = setTimeout(() => this.#ask(next), pause);
  }

  #askNoMore(): void {
    clearTimeout(this.#question);
    this.#question = undefined;
  }

  /** A watch that etcd refuses is both created and cancelled; its stream stays open, and tells nothing. */
  async #checkBegun(
    { created, canceled, cancelReason }: WatchResponse,
    responses: AsyncGenerator<WatchResponse, void>,
  ): Promise<void> {
    if (created && !canceled) return;
    await responses.return();
    if (isStaleToken(cancelReason)) this.#client.forgetToken();
    throw endedWatch(cancelReason);
  }

  async *#responses(
    stream: Stream,
    { endpoint, signal, from, isToCome }: Beginning,
  ): AsyncGenerator<WatchResponse, void> {
    // Counted, not timed: when this process itself stood still, the member was not silent.
    let unanswered = 0;
    let isUnanswerable = isToCome;
    const guard = setInterval(() => {
      if (++unanswered > MOST_UNANSWERED) stream.cancel();
      else if (stream !== this.#stream) return;
      else if (isUnanswerable && unanswered > MOST_UNANSWERABLE) {
        this.#quietAt = from;
        stream.cancel();
      } else if (unanswered > 1) stream.write({ progress: {} });
    }, SILENT_MS);
    // By the abort itself: who was to read this may never have begun to.
    const end = (): void => {
      signal.removeEventListener("abort", end);
      clearInterval(guard);
      if (this.#stream === stream) {
        this.#askNoMore();
        this.#stream = undefined;
      }
      stream.cancel();
    };
    signal.addEventListener("abort", end);
    if (signal.aborted) end();
    try {
      for await (const response of stream as AsyncIterable<WatchResponse>) {
        unanswered = 0;
        if ((response.header?.revision ?? 0n) > from) isUnanswerable = false;
        yield response;
      }
      throw new BackendError("unavailable", "etcd has ended the watch");
    } catch (error) {
      if (isUnanswerable && this.#quietAt === from) return;
      this.#client.leave(endpoint);
      if (!signal.aborted) throw etcdError(error);
    } finally {
      end();
    }
  }
}
