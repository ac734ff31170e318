/** The driver over an etcd cluster. */

import {
  BackendError,
  type Driver,
  type Expected,
  type FeedEvent,
  type LoadedStore,
  type Position,
  type ResourceRef,
  type StoredEntry,
  type Written,
} from "@engenho/sdk";
import { revisionIn, translated, withoutEffect } from "./answers.ts";
import type { Draft } from "./etcd/codec.ts";
import { type EtcdClient, questionShare } from "./etcd/etcd-client.ts";
import {
  type Compare,
  compareTarget,
  type KeyValue,
  rangeCall,
  type RequestOperation,
  type WatchResponse,
} from "./etcd/messages.ts";
import { feedEvents } from "./feed-events.ts";
import type { Layout } from "./layout.ts";
import { type Generation, isCurrent } from "./load-generation.ts";
import { revisionOf } from "./read-entry.ts";
import { Recalls } from "./recalls.ts";
import { Restores } from "./restores.ts";
import { isBy, newOperationId, type OperationId, writeValue } from "./stored-value.ts";
import { WatchFeed } from "./watch-feed.ts";
import { checkSize, REQUEST_OVERHEAD } from "./write-generation.ts";
import { WriteGroups } from "./write-groups.ts";

/** How often a write that expects nothing is tried again because others were faster. */
const OVERWRITE_ATTEMPTS = 64;

/** One handle's driver. Positions are etcd's revisions. */
export class RaftDriver implements Driver {
  readonly #client: EtcdClient;
  readonly #layout: Layout;
  readonly #feed: WatchFeed;
  readonly #groups: WriteGroups;
  readonly #recalls: Recalls;
  readonly #restores: Restores;
  /** What the position of the feed shows. */
  #generation: Generation = { id: "", revision: 0n };

  constructor(client: EtcdClient, layout: Layout) {
    this.#client = client;
    this.#layout = layout;
    this.#feed = new WatchFeed(client);
    this.#groups = new WriteGroups(client);
    this.#recalls = new Recalls(client, layout);
    this.#restores = new Restores({ client, layout, recalls: this.#recalls });
  }

  async load(signal?: AbortSignal): Promise<LoadedStore> {
    const { generation, ...store } = await translated(this.#restores.load(signal));
    // Too late: nobody will show it.
    signal?.throwIfAborted();
    this.#generation = generation;
    if (store.position < this.#feed.reached) this.#feed.startOver(store.position);
    else this.#feed.reach(store.position);
    return store;
  }

  async put({ ref, envelope }: StoredEntry, expected: Expected): Promise<Written> {
    const operation = newOperationId();
    const key = this.#layout.resource(this.#generation.id, ref);
    const value = writeValue(operation, envelope);
    checkSize(key, envelope);
    await this.#recalls.settle(key);
    const before = this.#feed.reached;
    let met = expected;
    try {
      const change = { operation, put: { key, value } };
      return this.#written(await this.#write(key, expected, change, (found) => (met = found)), met);
    } catch (error) {
      const landed = await this.#findWrite({ key, operation, expected, before }, error);
      if (landed === undefined) throw error;
      return this.#written(landed, met);
    }
  }

  async remove(ref: ResourceRef, expected: Expected): Promise<Written> {
    const key = this.#layout.resource(this.#generation.id, ref);
    await this.#recalls.settle(key);
    let met = expected;
    const change = { deleteRange: { key } };
    const position = await this.#write(key, expected, change, (found) => (met = found));
    this.#feed.want(position, { brings: "perhaps nothing" });
    return { position, replaced: met !== "absent" };
  }

  async replaceAll(entries: readonly StoredEntry[]): Promise<Written> {
    const position = await this.#restores.replaceAll(entries);
    this.#feed.want(position, { brings: "an event" });
    return { position };
  }

  async changes(from: Position, signal: AbortSignal): Promise<AsyncIterable<FeedEvent>> {
    const { id, revision } = this.#generation;
    // Only now: whoever waits for a restore waits until the new generation is shown, and not for this.
    void this.#restores.clear();
    if (from < revision) return gap("the store was restored from a snapshot");
    const watched = this.#layout.watched(id);
    const { responses, revision: begun = from } = await this.#feed.follow(watched, from, signal);
    try {
      // A member may be behind; the cluster is not.
      if (begun >= from || (await this.#head()) >= from)
        return this.#events(responses, { generation: id, from });
    } catch (error) {
      await responses.return();
      throw error;
    }
    await responses.return();
    return gap("etcd was restored to an older state");
  }

  async sync(): Promise<Position> {
    const position = await this.#head();
    this.#feed.want(position, { brings: "perhaps nothing" });
    return position;
  }

  async close(): Promise<void> {
    await this.#restores.clear();
    await this.#client.close();
  }

  diagnostics(): Readonly<Record<string, unknown>> {
    const { endpoint, endpoints } = this.#client;
    const watchedEndpoint = this.#feed.endpoint ?? null;
    return { endpoint, endpoints, watchedEndpoint, generation: this.#generation.id };
  }

  /** The cluster's newest revision: everything acknowledged so far has it or an older one. */
  async #head(): Promise<Position> {
    const request = { key: this.#layout.pointer, countOnly: true };
    return revisionIn(await translated(this.#client.ask(rangeCall, request)));
  }

  async *#events(
    responses: AsyncIterable<WatchResponse>,
    { generation, from }: { readonly generation: string; readonly from: Position },
  ): AsyncGenerator<FeedEvent, void> {
    // Of this connection: one that was given up may tell of something still, which this one has to tell of too.
    let told = from;
    for await (const response of responses) {
      for (const event of feedEvents(response, { layout: this.#layout, generation })) {
        if (event.type === "gap") {
          yield event;
          return;
        }
        // Progress tells of what was told already.
        if (event.position <= told) continue;
        told = event.position;
        this.#feed.reach(told);
        yield event;
      }
    }
  }

  /**
   * One write, if the key is as expected. One that expects nothing is done under the condition that the key is as it was just
   * found: where nobody answers, it could come late otherwise, over what others have written since.
   *
   * @param meeting Told what each attempt of such a one is to find.
   */
  async #write(
    key: Uint8Array,
    expected: Expected,
    change: Change,
    meeting: (found: Place["expected"]) => void,
  ): Promise<Position> {
    // As the caller has made the key: meanwhile another one may be loaded.
    const generation = this.#generation;
    if (expected !== undefined) return this.#writeIf({ generation, key, expected }, change);
    for (let attempt = 1, last: Expected; ; attempt++) {
      const { kvs } = await withoutEffect(this.#client.ask(rangeCall, { key }, questionShare));
      const found = kvs[0] === undefined ? "absent" : revisionOf(kvs[0].modRevision);
      meeting(found);
      try {
        return await this.#writeIf({ generation, key, expected: found }, change);
      } catch (error) {
        const isConflict = BackendError.is(error, "conflict") && error.outcome === "none";
        // Where the key is as it was, it is the generation that counts no more.
        if (!isConflict || found === last || attempt === OVERWRITE_ATTEMPTS) throw error;
        last = found;
      }
    }
  }

  /** One write, if the generation is still the one that counts and the key is as expected. */
  async #writeIf(
    { generation, key, expected }: Place,
    { operation, ...change }: Change,
  ): Promise<Position> {
    const compare = [isCurrent(this.#layout, generation), expectation(key, expected)];
    // What is absent may be absent again; no revision comes again.
    if (expected === "absent" && operation !== undefined)
      compare.push(this.#recalls.condition(operation));
    const request = { compare, success: [change] };
    const value = change.put?.value ?? [];
    const bytes = value.reduce(
      (sum, { length }) => sum + length,
      REQUEST_OVERHEAD + 2 * key.length,
    );
    const grows = change.put !== undefined;
    const { succeeded, revision } = await translated(this.#groups.write({ request, bytes, grows }));
    if (succeeded) return revision;
    throw new BackendError("conflict", "the resource has changed meanwhile", { outcome: "none" });
  }

  /**
   * Where a write has happened that was not acknowledged, if its key still shows it. Throws its error with the outcome `none`
   * where that is proven.
   */
  async #findWrite(write: Sent, error: unknown): Promise<Position | undefined> {
    if (!BackendError.is(error) || error.outcome === "none") return undefined;
    const { key, operation, expected } = write;
    // A full database is an answer: the write does not happen later.
    const isOver = error.code === "no_space";
    const mayComeLate = !isOver && (expected === undefined || expected === "absent");
    if (mayComeLate) await this.#recalls.recall(operation, key);
    const share = mayComeLate ? questionShare / 2 : questionShare;
    const answer = await this.#client.ask(rangeCall, { key }, share).catch(() => undefined);
    if (answer === undefined) return undefined; // What happened first is what the caller should learn.
    const [found] = answer.kvs;
    if (found !== undefined && isBy(operation, found.value)) return found.modRevision;
    if (isOver && hasNotHappened(write, found, revisionIn(answer)))
      throw new BackendError(error.code, error.reason, { outcome: "none", cause: error.cause });
    return undefined;
  }

  #written(position: Position, met: Expected): Written {
    this.#feed.want(position, { brings: "an event" });
    return { position, revision: revisionOf(position), replaced: met !== "absent" };
  }
}

async function* gap(reason: string): AsyncGenerator<FeedEvent, void> {
  yield { type: "gap", reason };
}

/** What a write does, and by which name, if it has one. */
interface Change extends Draft<RequestOperation> {
  readonly operation?: OperationId;
}

/** Where a write goes, and what it must find there. */
interface Place {
  readonly generation: Generation;
  readonly key: Uint8Array;
  readonly expected: NonNullable<Expected>;
}

/** A write as it was sent. */
interface Sent {
  readonly key: Uint8Array;
  readonly operation: OperationId;
  readonly expected: Expected;
  /** A revision of the cluster before it. */
  readonly before: bigint;
}

/** What it was to replace is there still, or nothing at all has happened since. */
function hasNotHappened(
  { expected, before }: Sent,
  found: KeyValue | undefined,
  now: bigint,
): boolean {
  if (before === now) return true;
  return expected !== undefined && expected !== "absent" && found?.modRevision === BigInt(expected);
}

function expectation(key: Uint8Array, expected: Place["expected"]): Draft<Compare> {
  if (expected === "absent") return { target: compareTarget.created, key, createRevision: 0n };
  return { target: compareTarget.modified, key, modRevision: BigInt(expected) };
}
