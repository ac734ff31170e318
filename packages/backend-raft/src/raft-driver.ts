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
  /** Whether the cluster was restored to an older state: its count has begun again from there, and all is to be loaded. */
  #isOtherHistory = false;
  /** What the last load has found: until somebody goes on from there, nobody may have taken it over. */
  #loaded = 0n;
  /** Where the cluster was at least, by every answer since the last load. */
  #seen = 0n;
  /** How many loads there were: what was known before one says nothing of what it has found. */
  #loads = 0;

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
    if (generation.revision !== this.#generation.revision) this.#recalls.forgetResources();
    this.#generation = generation;
    this.#loaded = store.position;
    this.#seen = store.position;
    this.#loads++;
    if (store.position < this.#feed.reached) this.#feed.startOver(store.position);
    else this.#feed.reach(store.position);
    return store;
  }

  async put({ ref, envelope }: StoredEntry, expected: Expected): Promise<Written> {
    const operation = newOperationId();
    const place = this.#placeOf(ref);
    const { key } = place;
    const value = writeValue(operation, envelope);
    checkSize(key, envelope);
    await this.#recalls.settle(key);
    const before = this.#feed.reached;
    let met = expected;
    try {
      const change = { operation, put: { key, value } };
      return this.#written(
        await this.#write(place, expected, change, (found) => (met = found)),
        met,
      );
    } catch (error) {
      const landed = await this.#findWrite({ key, operation, expected: met, before }, error);
      // In another history nothing that readers see could show it before all is loaded anew.
      if (landed === undefined || this.#isOtherHistory) throw error;
      return this.#written({ position: landed }, met);
    }
  }

  async remove(ref: ResourceRef, expected: Expected): Promise<Written> {
    const place = this.#placeOf(ref);
    const { key } = place;
    await this.#recalls.settle(key);
    let met = expected;
    const change = { deleteRange: { key } };
    const done = await this.#write(place, expected, change, (found) => (met = found));
    this.#feed.want(done.position, { brings: "perhaps nothing" });
    return { ...done, replaced: met !== "absent" };
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
    if (from === this.#loaded) this.#isOtherHistory = false;
    if (this.#isOtherHistory) return gap(restoredEtcd);
    if (from < revision) return gap("the store was restored from a snapshot");
    const watched = this.#layout.watched(id);
    const { responses, revision: begun = from } = await this.#feed.follow(watched, from, signal);
    try {
      const { position } = this.#known;
      // A member may be behind; the cluster is not. While the watch began, an answer may have shown another history.
      const isAsKnown = begun >= position || (await this.#head()) >= position;
      if (isAsKnown && !this.#isOtherHistory)
        return this.#events(responses, { generation: id, from });
    } catch (error) {
      await responses.return();
      throw error;
    }
    await responses.return();
    this.#isOtherHistory = true;
    return gap(restoredEtcd);
  }

  async sync(): Promise<Position> {
    const known = this.#known;
    const position = await this.#head();
    this.#checkHistory({ position, before: position }, known, "none");
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
      for (const event of feedEvents(response, { layout: this.#layout, generation, from })) {
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
    place: Place,
    expected: Expected,
    change: Change,
    meeting: (found: NonNullable<Expected>) => void,
  ): Promise<Done> {
    const { key } = place;
    if (expected !== undefined) return this.#writeIf(place, expected, change);
    for (let attempt = 1, last: Expected; ; attempt++) {
      const { kvs } = await withoutEffect(this.#client.ask(rangeCall, { key }, questionShare));
      const found = kvs[0] === undefined ? "absent" : revisionOf(kvs[0].modRevision);
      meeting(found);
      try {
        return await this.#writeIf(place, found, change);
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
    { generation, key }: Place,
    expected: NonNullable<Expected>,
    { operation, ...change }: Change,
  ): Promise<Done> {
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
    const known = this.#known;
    const answer = await translated(this.#groups.write({ request, bytes, grows }));
    if (!answer.succeeded)
      throw new BackendError("conflict", "the resource has changed meanwhile", { outcome: "none" });
    const position = answer.revision;
    // A revision is one transaction that has changed something; where nothing was removed, the last one is somebody else's.
    const isOurs = grows || expected !== "absent";
    const before = isOurs ? position - 1n : position;
    this.#checkHistory({ position, before }, known, "unknown");
    return { position, previous: isOurs && answer.isAlone ? position - 1n : undefined };
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
    const mayComeLate = !isOver && expected === "absent";
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

  /** Where the cluster is at least, as its watch and its answers have told. */
  get #known(): Known {
    const { reached } = this.#feed;
    return { position: reached > this.#seen ? reached : this.#seen, loads: this.#loads };
  }

  /**
   * @param now Where the cluster is, and where it was before what was asked of it.
   * @param known Where it was when that was asked.
   * @throws BackendError `unavailable` if the count has gone back. Nothing that the mirror has is true of the cluster then,
   * and once the count has caught up, nobody could tell: all is loaded anew.
   */
  #checkHistory(
    now: { readonly position: Position; readonly before: Position },
    known: Known,
    outcome: "none" | "unknown",
  ): void {
    if (this.#loads !== known.loads) return;
    if (now.before >= known.position) {
      if (now.position > this.#seen) this.#seen = now.position;
      return;
    }
    this.#isOtherHistory = true;
    this.#feed.end();
    throw new BackendError("unavailable", restoredEtcd, { outcome, retryable: true });
  }

  /** Where a resource is in the generation that is loaded. Another one may be loaded at any moment. */
  #placeOf(ref: ResourceRef): Place {
    const generation = this.#generation;
    return { generation, key: this.#layout.resource(generation.id, ref) };
  }

  #written({ position, previous }: Done, met: Expected): Written {
    this.#feed.want(position, { brings: "an event" });
    return { position, previous, revision: revisionOf(position), replaced: met !== "absent" };
  }
}

const restoredEtcd = "etcd was restored to an older state";

async function* gap(reason: string): AsyncGenerator<FeedEvent, void> {
  yield { type: "gap", reason, isOtherHistory: reason === restoredEtcd };
}

/** Where a write has happened, and what is right before it if that is known. */
type Done = Pick<Written, "previous"> & { readonly position: Position };

/** Where a cluster has been, in the history that so many loads have shown. */
interface Known {
  readonly position: Position;
  readonly loads: number;
}

/** What a write does, and by which name, if it has one. */
interface Change extends Draft<RequestOperation> {
  readonly operation?: OperationId;
}

/** Where a write goes: a key of a generation, which must still be the one that counts. */
interface Place {
  readonly generation: Generation;
  readonly key: Uint8Array;
}

/** A write as it was sent. */
interface Sent {
  readonly key: Uint8Array;
  readonly operation: OperationId;
  /** What its last attempt was to find. */
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

function expectation(key: Uint8Array, expected: NonNullable<Expected>): Draft<Compare> {
  if (expected === "absent") return { target: compareTarget.created, key, createRevision: 0n };
  return { target: compareTarget.modified, key, modRevision: BigInt(expected) };
}
