/** Turns what a driver finds in its system into entries. */

import { BackendError, type ResourceRef, type Revision } from "../contract/index.ts";
import { formatReference, referenceKey } from "../reference/index.ts";
import { Damage } from "./damage.ts";
import type { DamagedEntry, Driver, LoadedEntry } from "./driver.ts";
import { type Draft, draftFromEnvelope, type Entry, entryOf } from "./entry.ts";
import type { Position } from "./feed-event.ts";
import { Mirror } from "./mirror.ts";
import { Slices } from "./slices.ts";
import { checkPosition } from "./feed-order.ts";

/** All that a store has. */
export interface StoreContent {
  /** Its entries, for one state to take over. */
  readonly mirror: Mirror;
  readonly damaged: readonly DamagedEntry[];
  /** The point that it shows, where the system has points. */
  readonly position?: Position;
}

/** Reads everything. An entry without a revision gets a new one, or is refused where the driver must know it. */
export async function readStore(
  driver: Driver,
  mint: (envelope: Uint8Array) => Revision,
  signal?: AbortSignal,
): Promise<StoreContent> {
  const { entries: all, damaged: unreadable = [], position } = await driver.load(signal);
  if (driver.changes !== undefined) checkPosition(position, "load");
  const revisionOf =
    driver.changes === undefined
      ? ({ envelope }: Draft): Revision => mint(envelope)
      : refuseWithoutRevision;
  const mirror = new Mirror();
  const damaged = [...unreadable];
  const slices = new Slices();
  for await (const found of all) {
    const entry = entryFound(found, revisionOf);
    if ("where" in entry) damaged.push(entry);
    else mirror.set(entry);
    if (slices.isOver) await slices.pause();
  }
  return { mirror, damaged, ...(position === undefined ? {} : { position }) };
}

/** The entry, or the damage if its bytes are not its envelope. */
export function entryFound(
  { ref, envelope, revision }: LoadedEntry,
  revisionOf: (draft: Draft) => Revision,
): Entry | DamagedEntry {
  let draft: Draft;
  try {
    draft = draftFromEnvelope(envelope, ref);
  } catch (error) {
    return damageAt(ref, BackendError.from(error).reason);
  }
  return entryOf(draft, revision ?? revisionOf(draft));
}

/** A resource that can't be read. */
export function damageAt(ref: ResourceRef, reason: string): DamagedEntry {
  const known = { ...ref, namespace: ref.namespace ?? null };
  return { where: formatReference(ref), reason, known };
}

/** One entry as it is now, found by reading all of them. */
export async function findByLoading(
  ref: ResourceRef,
  driver: Driver,
): Promise<LoadedEntry | undefined> {
  const { entries, damaged = [] } = await driver.load();
  const key = referenceKey(ref);
  let found: LoadedEntry | undefined;
  for await (const entry of entries) if (referenceKey(entry.ref) === key) found = entry;
  if (found !== undefined) return found;
  const damage = new Damage();
  damage.replaceAll(damaged);
  damage.refuseReference(ref);
  return undefined;
}

function refuseWithoutRevision({ ref }: Draft): never {
  const reason = `the driver gives ${formatReference(ref)} without a revision, and has changes`;
  throw new BackendError("internal", reason);
}
