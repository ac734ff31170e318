/** Reads the generation that counts, whole, as it was at one revision. */

import { status } from "@grpc/grpc-js";
import {
  BackendError,
  type DamagedEntry,
  type LoadedEntry,
  type LoadedStore,
  type Position,
} from "@engenho/sdk";
import type { Draft } from "./etcd/codec.ts";
import type { EtcdClient } from "./etcd/etcd-client.ts";
import { isServiceError } from "./etcd/etcd-error.ts";
import { type Compare, compareTarget, type KeyValue, rangeCall, txnCall } from "./etcd/messages.ts";
import type { Layout } from "./layout.ts";
import { readEntry } from "./read-entry.ts";
import { keyAfter } from "./remove-keys.ts";

/** A generation, as the pointer names it. */
export interface Generation {
  readonly id: string;
  /** In which the pointer was set to it: another one was restored since if the pointer's is another. */
  readonly revision: bigint;
}

/** The generation that counts at a revision. */
export interface CurrentGeneration {
  readonly generation: Generation;
  readonly position: Position;
}

/** How often the reading begins anew because its revision was compacted away meanwhile. */
const ATTEMPTS = 3;
/** About how much one answer holds; a value of etcd's can have 1.5 MiB. */
const PAGE_BYTES = 4 * 1024 * 1024;
const [FIRST_PAGE, LARGEST_PAGE] = [16, 1024];
/** One that does not come in time is asked for again with so many times less in it. */
const SMALLER = 8;

/**
 * Everything that is stored, and the generation that it is of. Makes an empty one where there is none. Asks for no more, and
 * rejects with the signal's reason, when that is aborted.
 */
export async function loadGeneration(
  client: EtcdClient,
  layout: Layout,
  signal?: AbortSignal,
): Promise<LoadedStore & CurrentGeneration> {
  for (let attempt = 1; ; attempt++) {
    const { generation, position } = await currentGeneration(client, layout);
    try {
      const entries: LoadedEntry[] = [];
      const damaged: DamagedEntry[] = [];
      for await (const kv of keysOf(client, layout, { generation, position, signal })) {
        const found = readEntry(kv, { layout, generation: generation.id });
        if (found === undefined) continue;
        if ("where" in found) damaged.push(found);
        else entries.push(found);
      }
      return { entries, damaged, position, generation };
    } catch (error) {
      const isCompacted = isServiceError(error) && /compacted/.test(error.details);
      if (!isCompacted || attempt === ATTEMPTS) throw error;
    }
  }
}

/** Which generation counts now. Makes an empty one where there is none. */
export async function currentGeneration(
  client: EtcdClient,
  layout: Layout,
): Promise<CurrentGeneration> {
  const key = layout.pointer;
  for (;;) {
    const { header, kvs } = await client.ask(rangeCall, { key });
    const [pointer] = kvs;
    if (pointer !== undefined && header !== undefined)
      return { generation: generationIn(pointer), position: header.revision };
    // If another handle is faster, its generation counts.
    const id = newGenerationId(header?.revision ?? 0n);
    await client.ask(txnCall, {
      compare: [{ target: compareTarget.created, key, createRevision: 0n }],
      success: [{ put: { key, value: [new TextEncoder().encode(id)] } }],
    });
  }
}

/** The condition that a generation still counts. */
export function isCurrent({ pointer: key }: Layout, { revision }: Generation): Draft<Compare> {
  return { target: compareTarget.modified, key, modRevision: revision };
}

/** A name that no other generation has, and that sorts behind those that counted before the pointer's next change. */
export function newGenerationId(pointerRevision: bigint): string {
  const random = Buffer.from(crypto.getRandomValues(new Uint8Array(8)));
  return `${pointerRevision.toString(16).padStart(16, "0")}-${random.toString("hex")}`;
}

function generationIn({ key, value, modRevision }: KeyValue): Generation {
  const id = new TextDecoder().decode(value);
  if (/^[0-9a-f]{16}-[0-9a-f]{16}$/.test(id)) return { id, revision: modRevision };
  const where = new TextDecoder().decode(key);
  throw new BackendError("corrupt", `the key ${where} names no generation of a store`);
}

/** In pages, the next one as large as the last one's values let expect, unless that is too much for the connection. */
async function* keysOf(
  client: EtcdClient,
  layout: Layout,
  {
    generation,
    position,
    signal,
  }: CurrentGeneration & { readonly signal: AbortSignal | undefined },
): AsyncGenerator<KeyValue, void> {
  const { key: start, rangeEnd } = layout.generation(generation.id);
  let key = start;
  for (let limit = FIRST_PAGE, more = true; more;) {
    signal?.throwIfAborted();
    const request = { key, rangeEnd, limit: BigInt(limit), revision: position };
    const page = await client.ask(rangeCall, request).catch((error: unknown) => {
      if (limit === 1 || !isTooLate(error)) throw error;
    });
    if (page === undefined) {
      limit = Math.ceil(limit / SMALLER);
      continue;
    }
    yield* page.kvs;
    const last = page.kvs.at(-1);
    more = page.more && last !== undefined;
    if (last === undefined) return;
    key = keyAfter(last.key);
    const bytes = page.kvs.reduce((sum, { value }) => sum + value.length + 100, 0);
    limit = Math.max(1, Math.min(LARGEST_PAGE, Math.floor((PAGE_BYTES * page.kvs.length) / bytes)));
  }
}

function isTooLate(error: unknown): boolean {
  return isServiceError(error) && error.code === status.DEADLINE_EXCEEDED;
}
