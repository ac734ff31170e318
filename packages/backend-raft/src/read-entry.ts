/** Reads a key and its value as an entry of the store. */

import type { DamagedEntry, Revision, StoredEntry } from "@engenho/sdk";
import type { KeyValue } from "./etcd/messages.ts";
import type { Layout } from "./layout.ts";
import { envelopeIn } from "./stored-value.ts";

/** The entry, or what is wrong with it; undefined for a key that is no resource of the generation. */
export function readEntry(
  { key, value, modRevision }: KeyValue,
  { layout, generation }: { readonly layout: Layout; readonly generation: string },
): StoredEntry | DamagedEntry | undefined {
  const ref = layout.referenceOf(generation, key);
  if (ref === undefined) return undefined;
  const envelope = envelopeIn(value);
  if (envelope !== undefined) return { ref, envelope, revision: revisionOf(modRevision) };
  return {
    where: `the key ${new TextDecoder().decode(key)}`,
    reason: "its value was not written by this backend",
    known: { kind: ref.kind, namespace: ref.namespace ?? null, name: ref.name },
  };
}

/** The revision of a resource is that of etcd in which its key was changed last, in decimal. */
export function revisionOf(modRevision: bigint): Revision {
  return String(modRevision) as Revision;
}
