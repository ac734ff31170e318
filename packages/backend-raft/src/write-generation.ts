/** Writes a whole generation, in transactions of the size that etcd takes. */

import { BackendError, type StoredEntry } from "@engenho/sdk";
import type { EtcdClient } from "./etcd/etcd-client.ts";
import { type Compare, type RequestOperation, txnCall } from "./etcd/messages.ts";
import type { Draft } from "./etcd/codec.ts";
import type { Layout } from "./layout.ts";
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

/**
 * Writes the entries. Nobody sees them yet, so that a transaction whose answer is lost is just sent again.
 *
 * @returns Whether the guard held all the time.
 */
export async function writeGeneration(
  plan: GenerationPlan,
  entries: readonly StoredEntry[],
): Promise<boolean> {
  const batches = batchesOf(plan, entries);
  let holds = true;
  const lane = async (): Promise<void> => {
    for (let next = batches.next(); holds && next.done !== true; next = batches.next()) {
      const request = { compare: [plan.guard], success: next.value };
      if (!(await plan.client.ask(txnCall, request)).succeeded) holds = false;
    }
  };
  await Promise.all(Array.from({ length: LANES }, lane));
  return holds;
}

function* batchesOf(
  { layout, id }: GenerationPlan,
  entries: readonly StoredEntry[],
): Generator<readonly Draft<RequestOperation>[], void> {
  let batch: Draft<RequestOperation>[] = [];
  let size = 0;
  for (const { ref, envelope } of entries) {
    const key = layout.resource(id, ref);
    const value = writeValue(newOperationId(), envelope);
    checkSize(key, value);
    const bytes = key.length + value.length + 16;
    if (batch.length === MOST_OPERATIONS || (batch.length > 0 && size + bytes > MOST_BYTES)) {
      yield batch;
      [batch, size] = [[], 0];
    }
    batch.push({ put: { key, value } });
    size += bytes;
  }
  if (batch.length > 0) yield batch;
}

/** What a request takes beside the value and the key, which stands in its condition too. */
const REQUEST_OVERHEAD = 1_024;
const MOST_REQUEST_BYTES = 1.5 * 1024 * 1024;

/** @throws BackendError `too_large`, before anything is sent. */
export function checkSize(key: Uint8Array, value: Uint8Array): void {
  if (2 * key.length + value.length + REQUEST_OVERHEAD <= MOST_REQUEST_BYTES) return;
  throw new BackendError("too_large", "the envelope is larger than etcd's 1.5 MiB for a request");
}
