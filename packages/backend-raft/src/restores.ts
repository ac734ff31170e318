/** Writes whole generations, makes them the one that counts, and removes what they replace. */

import { BackendError, type Position, type StoredEntry } from "@engenho/sdk";
import { revisionIn, translated, withoutEffect } from "./answers.ts";
import type { Draft } from "./etcd/codec.ts";
import { type EtcdClient, questionShare } from "./etcd/etcd-client.ts";
import { type Compare, rangeCall, txnCall } from "./etcd/messages.ts";
import type { Layout } from "./layout.ts";
import {
  currentGeneration,
  type Generation,
  isCurrent,
  loadGeneration,
  newGenerationId,
} from "./load-generation.ts";
import type { Recalls } from "./recalls.ts";
import { removeKeys } from "./remove-keys.ts";
import { newOperationId } from "./stored-value.ts";
import {
  type GenerationPlan,
  writeGeneration,
  type WrittenGeneration,
} from "./write-generation.ts";

/** How often a restore begins again because another one was faster. */
const RESTORE_ATTEMPTS = 3;

/** What they are done with. */
export interface RestoresParts {
  readonly client: EtcdClient;
  readonly layout: Layout;
  readonly recalls: Recalls;
}

/** The restores of one handle. */
export class Restores {
  readonly #client: EtcdClient;
  readonly #layout: Layout;
  readonly #recalls: Recalls;
  /** What this handle has written and is about to make the one that counts, or just has: nobody need read it again. */
  #prepared: WrittenGeneration | undefined;
  /** The generation that this handle has made the one that counts, while older ones are there still. */
  #successor: Generation | undefined;
  /** Ends when they are gone. */
  #clearing: Promise<void> = Promise.resolve();

  constructor({ client, layout, recalls }: RestoresParts) {
    this.#client = client;
    this.#layout = layout;
    this.#recalls = recalls;
  }

  /**
   * Everything that is stored. What this handle has written itself it knows: nobody else knew of it before the pointer was set
   * to it, and so it is as it was written at the pointer's revision.
   */
  async load(signal?: AbortSignal): ReturnType<typeof loadGeneration> {
    const prepared = this.#prepared;
    if (prepared?.entries !== undefined) {
      const { generation } = await currentGeneration(this.#client, this.#layout);
      if (this.#prepared === prepared) this.#prepared = undefined;
      if (generation.id === prepared.id)
        return { entries: prepared.entries, position: generation.revision, generation };
    }
    return loadGeneration(this.#client, this.#layout, signal);
  }

  /**
   * Makes these entries all there is. Resolves to the revision in which they are.
   *
   * @throws BackendError `conflict` if others were faster again and again.
   */
  async replaceAll(entries: readonly StoredEntry[]): Promise<Position> {
    // The database holds one generation that counts no more, and not as many as restores follow each other.
    await this.clear();
    await this.#recalls.settle();
    for (let attempt = 1; attempt <= RESTORE_ATTEMPTS; attempt++) {
      const current = currentGeneration(this.#client, this.#layout);
      const { generation } = await withoutEffect(current);
      const guard = isCurrent(this.#layout, generation);
      const id = newGenerationId(generation.revision);
      const plan = { client: this.#client, layout: this.#layout, id, guard };
      const position = await this.#replaceBy(plan, entries);
      if (position === undefined) continue;
      this.#successor = { id, revision: position };
      return position;
    }
    throw new BackendError("conflict", "other restores of this store were faster", {
      outcome: "none",
      retryable: true,
    });
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
    const { pointer: key, recalls } = this.#layout;
    const put = { key, value: [new TextEncoder().encode(id)] };
    const operation = newOperationId();
    try {
      const compare = [guard, this.#recalls.condition(operation)];
      // What was recalled before it cannot happen after it: the pointer is another.
      const request = { compare, success: [{ put }, { deleteRange: recalls }] };
      const response = await translated(this.#client.order(txnCall, request));
      return response.succeeded ? revisionIn(response) : undefined;
    } catch (error) {
      if (!BackendError.is(error) || error.outcome === "none") throw error;
      // A full database is an answer, and would refuse the recall too.
      const isOver = error.code === "no_space";
      const cannotCome = isOver || (await this.#recalls.recall(operation, "everything"));
      const { kvs } = await this.#client
        .ask(rangeCall, { key }, questionShare / 2)
        .catch(() => ({ kvs: [] }));
      const [found] = kvs;
      if (found !== undefined && new TextDecoder().decode(found.value) === id)
        return found.modRevision;
      const isAsBefore = found !== undefined && found.modRevision === guard.modRevision;
      if (!cannotCome || !isAsBefore) throw error;
      const { code, reason, retryable, cause } = error;
      throw new BackendError(code, reason, { outcome: "none", retryable, cause });
    }
  }

  /** Removes what the last restore replaced, unless another one has done so since: what is newer is left to that. */
  clear(): Promise<void> {
    const successor = this.#successor;
    if (successor !== undefined) {
      const isLast = isCurrent(this.#layout, successor);
      const ranges = this.#layout.replacedBy(successor.id);
      const cleared = ranges.map((range) => removeKeys(this.#client, range, isLast));
      this.#clearing = Promise.all(cleared).then(() => undefined);
    }
    this.#successor = undefined;
    return this.#clearing;
  }
}
