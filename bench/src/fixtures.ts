/** What cases work on: bodies that nobody has seen before, and stores that are full. */

import { createInMemoryBackend, encodeEnvelope, type StoreBackend } from "@engenho/sdk";
import { type Manifest, manifest } from "./manifests.ts";

let next = 0;

/** Manifests that no one was given before, so that nothing remembered is of use; made one at a time. */
export function* freshStream(count: number): Generator<Manifest, void, undefined> {
  const first = next;
  next += count;
  for (let i = 0; i < count; i++) yield manifest(first + i);
}

/** The same, all at once. */
export function freshManifests(count: number): readonly Manifest[] {
  return [...freshStream(count)];
}

/** Makes one thing a round, the same for everybody who asks in that round: contestants get equal work. */
export function byRound<T>(make: () => T): (round: number) => T {
  let present: { readonly round: number; readonly value: T } | undefined;
  return (round) => {
    if (present?.round !== round) {
      present = undefined; // It may be large: let it go before there is another.
      present = { round, value: make() };
    }
    return present.value;
  };
}

/** The native form, which says that the payload is YAML. */
export function envelopeOf({ ref, bytes }: Manifest): Uint8Array {
  return encodeEnvelope({ ref, format: "yaml", payload: bytes });
}

/** An in-memory store that holds these, put there in the way that costs least. */
export async function storeOf(held: Iterable<Manifest>): Promise<StoreBackend> {
  const store = await createInMemoryBackend();
  for (const one of held) await store.apply("native", envelopeOf(one));
  return store;
}
