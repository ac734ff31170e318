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
import type { Draft } from "./etcd/codec.ts";
import { type EtcdClient, questionShare } from "./etcd/etcd-client.ts";
import { etcdError } from "./etcd/etcd-error.ts";
import {
  type Compare,
  compareTarget,
  type KeyValue,
  rangeCall,
  type RequestOperation,
  txnCall,
  type WatchResponse,
} from "./etcd/messages.ts";
import { feedEvents } from "./feed-events.ts";
import type { Layout } from "./layout.ts";
import {
  currentGeneration,
  type Generation,
  loadGeneration,
  newGenerationId,
} from "./load-generation.ts";
import { revisionOf } from "./read-entry.ts";
import { removeKeys } from "./remove-keys.ts";
import { isBy, newOperationId, type OperationId, writeValue } from "./stored-value.ts";
import { WatchFeed } from "./watch-feed.ts";
import {
  checkSize,
  type GenerationPlan,
  REQUEST_OVERHEAD,
  writeGeneration,
  type WrittenGeneration,
} from "./write-generation.ts";
import { WriteGroups } from "./write-groups.ts";

/** How often a restore begins again because another one was faster. */
const RESTORE_ATTEMPTS = 3;
/** How often a write that expects nothing is tried again because others were faster. */
const OVERWRITE_ATTEMPTS = 64;

/** One handle's driver. Positions are etcd's revisions. */
export class RaftDriver implements Driver {
  readonly #client: EtcdClient;
  readonly #layout: Layout;
  readonly #feed: WatchFeed;
  readonly #groups: WriteGroups;
  /** What the position of the feed shows. */
  #generation: Generation = { id: "", revision: 0n };
  /** What this handle has written and is about to make the one that counts, or just has: nobody need read it again. */
  #prepared: WrittenGeneration | undefined;
  /** The generation that this handle has made the one that counts, while older ones are there still. */
  #successor: Generation | undefined;
  /** Ends when they are gone. */
  #clearing: Promise<void> = Promise.resolve();

  constructor(client: EtcdClient, layout: Layout) {
    this.#client = client;
    this.#layout = layout;
    this.#feed = new WatchFeed(client);
    this.#groups = new WriteGroups(client);
  }

  async load(signal?: AbortSignal): Promise<LoadedStore> {
    const { generation, ...store } = await translated(this.#loadCurrent(signal));
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
    const before = this.#feed.reached;
    try {
      return this.#written(await this.#write(key, expected, { put: { key, value } }));
    } catch (error) {
      const landed = await this.#findWrite({ key, operation, expected, before }, error);
      if (landed === undefined) throw error;
      return this.#written(landed);
    }
  }

  async remove(ref: ResourceRef, expected: Expected): Promise<Written> {
    const key = this.#layout.resource(this.#generation.id, ref);
    const position = await this.#write(key, expected, { deleteRange: { key } });
    this.#feed.want(position, { brings: "perhaps nothing" });
    return { position };
  }

  async replaceAll(entries: readonly StoredEntry[]): Promise<Written> {
    // The database holds one generation that counts no more, and not as many as restores follow each other.
    await this.#clear();
    for (let attempt = 1; attempt <= RESTORE_ATTEMPTS; attempt++) {
      const current = currentGeneration(this.#client, this.#layout);
      const { generation } = await withoutEffect(current);
      const guard = this.#guard(generation);
      const id = newGenerationId(generation.revision);
      const plan = { client: this.#client, layout: this.#layout, id, guard };
      const position = await this.#replaceBy(plan, entries);
      if (position === undefined) continue;
      this.#successor = { id, revision: position };
      this.#feed.want(position, { brings: "an event" });
      return { position };
    }
    throw new BackendError("conflict", "other restores of this store were faster", {
      outcome: "none",
      retryable: true,
    });
  }

  async changes(from: Position, signal: AbortSignal): Promise<AsyncIterable<FeedEvent>> {
    const { id, revision } = this.#generation;
    // Only now: whoever waits for a restore waits until the new generation is shown, and not for this.
    void this.#clear();
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
    await this.#clear();
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
   * Everything that is stored. What this handle has written itself it knows: nobody else knew of it before the pointer was set
   * to it, and so it is as it was written at the pointer's revision.
   */
  async #loadCurrent(signal?: AbortSignal): ReturnType<typeof loadGeneration> {
    const prepared = this.#prepared;
    if (prepared?.entries !== undefined) {
      const { generation } = await currentGeneration(this.#client, this.#layout);
      if (generation.id === prepared.id) {
        if (this.#prepared === prepared) this.#prepared = undefined;
        return { entries: prepared.entries, position: generation.revision, generation };
      }
    }
    return loadGeneration(this.#client, this.#layout, signal);
  }

  /**
   * One write, if the key is as expected. One that expects nothing is done under the condition that the key is as it was just
   * found: where nobody answers, it could come late otherwise, over what others have written since.
   */
  async #write(
    key: Uint8Array,
    expected: Expected,
    operation: Draft<RequestOperation>,
  ): Promise<Position> {
    // As the caller has made the key: meanwhile another one may be loaded.
    const generation = this.#generation;
    if (expected !== undefined) return this.#writeIf({ generation, key, expected }, operation);
    for (let attempt = 1, last: Expected; ; attempt++) {
      const { kvs } = await withoutEffect(this.#client.ask(rangeCall, { key }, questionShare));
      const found = kvs[0] === undefined ? "absent" : revisionOf(kvs[0].modRevision);
      try {
        return await this.#writeIf({ generation, key, expected: found }, operation);
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
    operation: Draft<RequestOperation>,
  ): Promise<Position> {
    const compare = [this.#guard(generation), expectation(key, expected)];
    const request = { compare, success: [operation] };
    const value = operation.put?.value ?? [];
    const bytes = value.reduce(
      (sum, { length }) => sum + length,
      REQUEST_OVERHEAD + 2 * key.length,
    );
    const grows = operation.put !== undefined;
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
    const { key, operation } = write;
    const answer = await this.#client.ask(rangeCall, { key }, questionShare).catch(() => undefined);
    if (answer === undefined) return undefined; // What happened first is what the caller should learn.
    const [found] = answer.kvs;
    if (found !== undefined && isBy(operation, found.value)) return found.modRevision;
    // A full database is an answer: the write does not happen later.
    const isOver = error.code === "no_space";
    if (isOver && hasNotHappened(write, found, revisionIn(answer)))
      throw new BackendError(error.code, error.reason, { outcome: "none", cause: error.cause });
    return undefined;
  }

  /** Writes a generation and makes it the one that counts; undefined if the guard does not hold. */
  async #replaceBy(
    plan: GenerationPlan,
    entries: readonly StoredEntry[],
  ): Promise<Position | undefined> {
    let position: Position | undefined;
    try {
      this.#prepared = await withoutEffect(writeGeneration(plan, entries));
      position = this.#prepared && (await this.#flip(plan.id, plan.guard));
    } catch (error) {
      // It never counts, and would fill the database until the next restore.
      if (BackendError.is(error) && error.outcome === "none") await this.#discard(plan);
      throw error;
    }
    if (position === undefined) await this.#discard(plan);
    return position;
  }

  /** Removes a generation that never counts. */
  async #discard({ id }: GenerationPlan): Promise<void> {
    this.#prepared = undefined;
    await removeKeys(this.#client, this.#layout.generation(id));
  }

  /** Makes a generation the one that counts; undefined if the guard does not hold. */
  async #flip(id: string, guard: Draft<Compare>): Promise<Position | undefined> {
    const key = this.#layout.pointer;
    const put = { key, value: [new TextEncoder().encode(id)] };
    try {
      const request = { compare: [guard], success: [{ put }] };
      const response = await translated(this.#client.order(txnCall, request));
      return response.succeeded ? revisionIn(response) : undefined;
    } catch (error) {
      if (!BackendError.is(error) || error.outcome === "none") throw error;
      const { kvs } = await this.#client
        .ask(rangeCall, { key }, questionShare)
        .catch(() => ({ kvs: [] }));
      const [found] = kvs;
      if (found !== undefined && new TextDecoder().decode(found.value) === id)
        return found.modRevision;
      throw error;
    }
  }

  /** Removes what the last restore replaced, unless another one has done so since: what is newer is left to that. */
  #clear(): Promise<void> {
    const successor = this.#successor;
    if (successor !== undefined) {
      const older = this.#layout.older(successor.id);
      this.#clearing = removeKeys(this.#client, older, this.#guard(successor));
    }
    this.#successor = undefined;
    return this.#clearing;
  }

  #guard({ revision }: Generation): Draft<Compare> {
    return { target: compareTarget.modified, key: this.#layout.pointer, modRevision: revision };
  }

  #written(position: Position): Written {
    this.#feed.want(position, { brings: "an event" });
    return { position, revision: revisionOf(position) };
  }
}

async function* gap(reason: string): AsyncGenerator<FeedEvent, void> {
  yield { type: "gap", reason };
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

function revisionIn({ header }: { readonly header: { readonly revision: bigint } | undefined }) {
  if (header === undefined) throw new BackendError("internal", "etcd's answer has no header");
  return header.revision;
}

async function translated<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    throw etcdError(error);
  }
}

/** For what nobody sees before the flip. */
async function withoutEffect<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (cause) {
    const { code, reason, retryable } = BackendError.from(etcdError(cause));
    throw new BackendError(code, reason, { outcome: "none", retryable, cause });
  }
}
