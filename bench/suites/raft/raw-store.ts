/** Keys and a guard like a store's, written and read without the backend. */

import type { LoadedEntry, ResourceRef } from "@engenho/sdk";
import { endpoints, freshPrefix } from "./cluster.ts";
import { RawEtcd } from "./raw-etcd.ts";
import { guardedPuts, range, storedValue } from "./raw-messages.ts";

/** What a floor is made of. */
export interface RawStore {
  readonly etcd: RawEtcd;
  /** The transaction that writes an entry whose key is not there yet. */
  creation(entry: LoadedEntry): Uint8Array;
  /** The transaction that writes entries, be they there or not. */
  puts(entries: readonly LoadedEntry[]): Uint8Array;
  /** The read of one. */
  reading(ref: ResourceRef): Uint8Array;
  /** Removes all entries. */
  clear(): Promise<void>;
}

/** A store on the member that the backend asks too: the first one. */
export async function openRawStore(): Promise<RawStore> {
  const [endpoint = ""] = await endpoints();
  const etcd = new RawEtcd(endpoint);
  const prefix = freshPrefix();
  const guard = await etcd.guard(`${prefix}/:current`);
  const generation = `${prefix}/:g/${crypto.randomUUID()}`;
  const keyOf = ({ kind, namespace = "", name }: ResourceRef): string =>
    `${generation}/${kind}/${namespace}/${name}`;
  const keyAndValue = ({ ref, envelope }: LoadedEntry) => ({
    key: keyOf(ref),
    value: storedValue(envelope),
  });
  return {
    etcd,
    creation: (entry) => {
      // As the backend does, which can recall a creation by the second key.
      const absent = [keyOf(entry.ref), `${prefix}/:recalled/${crypto.randomUUID()}`];
      return guardedPuts(guard, [keyAndValue(entry)], absent);
    },
    puts: (entries) => guardedPuts(guard, entries.map(keyAndValue)),
    reading: (ref) => range(keyOf(ref)),
    clear: () => etcd.remove(`${generation}/`, `${generation}0`),
  };
}
