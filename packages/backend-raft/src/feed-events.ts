/** Makes what core is told of what a watch says. */

import type { FeedEvent, StoreChange } from "@engenho/sdk";
import { endedWatch } from "./etcd/etcd-error.ts";
import { deletion, type KeyValue, type WatchedEvent, type WatchResponse } from "./etcd/messages.ts";
import type { Layout } from "./layout.ts";
import { readEntry } from "./read-entry.ts";

/** Where the watched keys belong. */
export interface WatchedStore {
  readonly layout: Layout;
  /** The id of the generation that is watched. */
  readonly generation: string;
  /** A revision that is known already, with all before it. */
  readonly from: bigint;
}

/**
 * The events of one answer, in order: one for each revision, since what was changed in one transaction is seen at once.
 *
 * @throws BackendError if the watch was cancelled.
 */
export function* feedEvents(
  response: WatchResponse,
  store: WatchedStore,
): Generator<FeedEvent, void> {
  if (response.compactRevision > 0n) {
    yield { type: "gap", reason: "etcd has compacted its history further than this store was" };
    return;
  }
  if (response.canceled) throw endedWatch(response.cancelReason);
  for (const [position, events] of byRevision(response.events)) {
    if (position <= store.from) continue;
    if (events.some(({ kv }) => kv !== undefined && isPointer(kv, store.layout))) {
      yield { type: "gap", reason: "the store was restored from a snapshot" };
      return;
    }
    yield { type: "changes", position, changes: events.flatMap((event) => changeOf(event, store)) };
  }
  // Without events it is progress: etcd says its revision once all before it was told.
  if (response.events.length === 0 && !response.created && response.header !== undefined)
    yield { type: "changes", position: response.header.revision, changes: [] };
}

/** etcd tells all events of one revision in one answer, one after the other. */
function byRevision(events: readonly WatchedEvent[]): ReadonlyMap<bigint, WatchedEvent[]> {
  return Map.groupBy(events, ({ kv }) => kv?.modRevision ?? 0n);
}

function isPointer({ key }: KeyValue, { pointer }: Layout): boolean {
  return key.length === pointer.length && key.every((byte, i) => byte === pointer[i]);
}

/** None for a key that is no resource of this generation. */
function changeOf({ type, kv }: WatchedEvent, store: WatchedStore): readonly StoreChange[] {
  if (kv === undefined) return [];
  if (type === deletion) {
    const ref = store.layout.referenceOf(store.generation, kv.key);
    return ref === undefined ? [] : [{ type: "remove", ref }];
  }
  const found = readEntry(kv, store);
  if (found === undefined) return [];
  if ("where" in found) return [{ type: "damage", damaged: found }];
  return [{ type: "put", entry: found }];
}
