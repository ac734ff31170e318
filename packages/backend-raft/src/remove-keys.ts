/** Removes keys, some at a time. */

import type { Draft } from "./etcd/codec.ts";
import type { EtcdClient } from "./etcd/etcd-client.ts";
import { type Compare, rangeCall, txnCall } from "./etcd/messages.ts";
import type { KeyRange } from "./layout.ts";

/** 100,000 keys in one transaction hold up everybody on the cluster for a second; so many for some milliseconds. */
const KEYS_AT_ONCE = 1_000n;

/**
 * Removes the keys of a range, as long as a condition holds. What it cannot remove now stays, and is no error: nobody sees
 * generations that do not count, and the next restore removes them.
 */
export async function removeKeys(
  client: EtcdClient,
  { key, rangeEnd }: KeyRange,
  condition?: Draft<Compare>,
): Promise<void> {
  const compare = condition === undefined ? [] : [condition];
  try {
    for (let from = key, more = true; more;) {
      const question = { key: from, rangeEnd, limit: KEYS_AT_ONCE, keysOnly: true };
      const found = await client.ask(rangeCall, question);
      const last = found.kvs.at(-1);
      if (last === undefined) return;
      const end = keyAfter(last.key);
      const deleteRange = { key: from, rangeEnd: end };
      const { succeeded } = await client.ask(txnCall, { compare, success: [{ deleteRange }] });
      more = found.more && succeeded;
      from = end;
    }
  } catch {
    return;
  }
}

/** The first one behind a key. */
export function keyAfter(key: Uint8Array): Uint8Array {
  return Buffer.concat([key, Buffer.alloc(1)]);
}
