/** Proves what a watch does not deliver, without waiting for it. */

import { formatReference, type Resource, type StoreBackend } from "@engenho/sdk";
import { assertEqual } from "./assertions.ts";
import { Fixtures, type Manifest } from "./fixtures.ts";
import type { ChangeEvent, WatchRecorder } from "./watch-recorder.ts";
import { describeEvent } from "./write-log.ts";

/**
 * Applies one more resource and reads up to its event: the changes that came before it. A reset
 * fails. The sentinel comes last in list order; each `mark` makes another.
 */
export async function changesBeforeSentinel(
  backend: StoreBackend,
  recorder: WatchRecorder,
  what: string,
  mark = 0,
): Promise<readonly ChangeEvent[]> {
  const { ref, format, body } = sentinel(backend, mark);
  await backend.apply(format, body);
  return (await recorder.changesUntil(ref, what)).slice(0, -1);
}

/** Fails if the watch has anything to deliver before the event of a write that is made now. */
export async function assertQuiet(
  backend: StoreBackend,
  recorder: WatchRecorder,
  what: string,
  mark = 0,
): Promise<void> {
  const changes = await changesBeforeSentinel(backend, recorder, what, mark);
  assertEqual(changes.map(describeEvent), [], `${what}: events that should not be`);
}

/** The resource that {@link changesBeforeSentinel} applies. */
export function sentinel({ capabilities }: StoreBackend, mark = 0): Manifest {
  return new Fixtures(capabilities).manifest({ name: `zz-sentinel-${mark}` });
}

/** Fails unless a reader of everything in a kind holds what a list of it shows now. */
export async function assertKnowsList(
  backend: StoreBackend,
  { state }: WatchRecorder,
  what: string,
  kind: string = new Fixtures(backend.capabilities).kind,
): Promise<void> {
  const { items } = await backend.list(kind, undefined, new Fixtures(backend.capabilities).format);
  const listed = items.map(versioned).sort();
  const known = [...state.values()].map(versioned).sort();
  assertEqual(known, listed, `${what}: what the reader holds, compared with a list`);
}

function versioned({ ref, revision }: Resource): string {
  return `${formatReference(ref)} ${revision}`;
}
