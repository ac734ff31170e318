/** Writes a whole generation, in transactions of the size that etcd takes. */

import { BackendError, type StoredEntry } from "@engenho/sdk";
import type { EtcdClient } from "./etcd/etcd-client.ts";
import { type Compare, type RequestOperation, txnCall } from "./etcd/messages.ts";
import type { Draft } from "./etcd/codec.ts";
import type { Layout } from "./layout.ts";
import { revisionOf } from "./read-entry.ts";
import { newOperationId, writeValue } from "./stored-value.ts";

/** etcd's own limits are 128 operations (`--max-txn-ops`) and 1.5 MiB (`--max-request-bytes`). */
const [MOST_OPERATIONS, MOST_BYTES] = [128, 1_200_000];
/** How many transactions are under way at once. */
const LANES = 4;

/** Where and under which condition. */
export interface GenerationPlan {
  readonly client: EtcdClient;
  readonly layout: Layout;
  /** The new generation's id. */
  readonly id: string;
  /** Holds while nobody else has restored the store meanwhile. */
  readonly guard: Draft<Compare>;
}

/** A generation that was written. */
export interface WrittenGeneration {
  readonly id: string;
  /** Its entries with the revisions that they got; undefined if that is not sure. */
  readonly entries: readonly StoredEntry[] | undefined;
}

/**
 * Writes the entries. Nobody sees them yet, so that a transaction whose answer is lost is just sent again.
 *
 * Nothing is under way any more when it ends, be it with an error.
 *
 * @returns Undefined if the guard did not hold all the time.
 */
export async function writeGeneration(
  plan: GenerationPlan,
  entries: readonly StoredEntry[],
): Promise<WrittenGeneration | undefined> {
  const batches = batchesOf(plan, entries);
  const written: StoredEntry[] = [];
  let [holds, isSure] = [true, true];
  const lane = async (): Promise<void> => {
    for (let next = batches.next(); holds && next.done !== true; next = batches.next()) {
      const request = { compare: [plan.guard], success: next.value.puts };
      const { client } = plan;
      const { succeeded, header } = await client.order(txnCall, request).catch(() => {
        // The one that nobody answered may come after this one, and change the revisions again.
        isSure = false;
        return client.ask(txnCall, request);
      });
      if (!succeeded || header === undefined) holds = false;
      else {
        const revision = revisionOf(header.revision);
        for (const entry of next.value.entries) written.push({ ...entry, revision });
      }
    }
  };
  const stopping = (error: unknown): never => {
    holds = false;
    throw error;
  };
  const lanes = Array.from({ length: LANES }, () => lane().catch(stopping));
  await Promise.allSettled(lanes);
  await Promise.all(lanes);
  return holds ? { id: plan.id, entries: isSure ? written : undefined } : undefined;
}

/** What one transaction writes. */
interface Batch {
  readonly entries: StoredEntry[];
  readonly puts: Draft<RequestOperation>[];
}

function* batchesOf(
  { layout, id }: GenerationPlan,
  entries: readonly StoredEntry[],
): Generator<Batch, void> {
  let batch: Batch = { entries: [], puts: [] };
  let size = 0;
  for (const entry of entries) {
    const { ref, envelope } = entry;
    const key = layout.resource(id, ref);
    const value = writeValue(newOperationId(), envelope);
    checkSize(key, envelope);
    const bytes = key.length + envelope.length + PUT_OVERHEAD;
    const { length } = batch.puts;
    if (length === MOST_OPERATIONS || (length > 0 && size + bytes > MOST_BYTES)) {
      yield batch;
      [batch, size] = [{ entries: [], puts: [] }, 0];
    }
    batch.entries.push(entry);
    batch.puts.push({ put: { key, value } });
    size += bytes;
  }
  if (batch.puts.length > 0) yield batch;
}

/** What a write takes beside the envelope and the key. */
const PUT_OVERHEAD = 40;
/** What a request takes beside the envelope and the key, which stands in its condition too. */
export const REQUEST_OVERHEAD = 1_024;
const MOST_REQUEST_BYTES = 1.5 * 1024 * 1024;

/** @throws BackendError `too_large`, before anything is sent. */
export function checkSize(key: Uint8Array, envelope: Uint8Array): void {
  if (2 * key.length + envelope.length + REQUEST_OVERHEAD <= MOST_REQUEST_BYTES) return;
  throw new BackendError("too_large", "the envelope is larger than etcd's 1.5 MiB for a request");
}
