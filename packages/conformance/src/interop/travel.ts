/** One cell of the matrix: a snapshot goes from one backend into another, and back. */

import { decodeSnapshot, type SnapshotEntry, type StoreBackend } from "@engenho/sdk";
import { applyAtOnce, keepsBytes, type Manifest } from "../harness/fixtures.ts";
import { restores, snapshots } from "../requirements/snapshot/must.ts";
import { contentProblems, manifestsOf, referenceProblems } from "./compare-store.ts";
import type { Aspect } from "./interop-report.ts";

/** What came of it. */
export interface Journey {
  readonly aspects: Partial<Record<Aspect, "same" | "different">>;
  readonly problems: string[];
}

/** A new, empty store. */
export interface TravelStore {
  readonly backend: StoreBackend;
  /** What is stored, seen by nobody who wrote it: the store opened anew, if it claims to keep anything. */
  stored(): Promise<StoreBackend>;
}

/** Opens one. */
export type OpenStore = () => Promise<TravelStore>;

/** Applies the manifests to a new store of `from`, and sends its snapshot to a new store of `to` and back. */
export async function travel(
  manifests: readonly Manifest[],
  from: OpenStore,
  to: OpenStore,
): Promise<Journey> {
  const journey: Journey = { aspects: {}, problems: [] };
  const { backend: source } = await from();
  await applyAtOnce(source, manifests);
  const sent = await source.snapshot();
  const entries = decodeSnapshot(sent);
  const exact = (kind: string): boolean => keepsBytes(source.capabilities, kind);
  // What never was in the snapshot cannot arrive: a loss at home is told as such.
  note(journey, "references", "before it is sent", await referenceProblems(source, manifests));
  note(journey, "content", "before it is sent", await contentProblems(source, manifests, exact));

  const returned = await arrive(journey, entries, sent, to);
  if (returned === undefined || !restores(source.capabilities)) return journey;
  await comeBack(journey, entries, sent, returned, from);
  return journey;
}

/** Restores a snapshot that somebody else has written: `expected` is how `to` must write it. */
export async function travelOneWay(
  snapshot: Uint8Array,
  expected: Uint8Array,
  to: OpenStore,
): Promise<Journey> {
  const journey: Journey = { aspects: {}, problems: [] };
  await arrive(journey, decodeSnapshot(snapshot), expected, to, snapshot);
  return journey;
}

/** What came out of the target again; undefined if it makes no snapshots. */
interface Returned {
  readonly snapshot: Uint8Array;
  readonly target: StoreBackend;
}

async function arrive(
  journey: Journey,
  entries: readonly SnapshotEntry[],
  expected: Uint8Array,
  to: OpenStore,
  sent: Uint8Array = expected,
): Promise<Returned | undefined> {
  const store = await to();
  await store.backend.restore(sent);
  const target = await store.stored();
  const exact = (kind: string): boolean => keepsBytes(target.capabilities, kind);
  const manifests = manifestsOf(entries, target, exact);
  note(journey, "references", "there", await referenceProblems(target, entries));
  note(journey, "content", "there", await contentProblems(target, manifests, exact));
  if (!snapshots(target.capabilities)) return undefined;
  const snapshot = await target.snapshot();
  if (entries.every(({ ref }) => exact(ref.kind)))
    note(journey, "snapshot", "there", byteProblems(snapshot, expected));
  return { snapshot, target };
}

async function comeBack(
  journey: Journey,
  entries: readonly SnapshotEntry[],
  sent: Uint8Array,
  { snapshot, target }: Returned,
  from: OpenStore,
): Promise<void> {
  const store = await from();
  await store.backend.restore(snapshot);
  const home = await store.stored();
  const exact = (kind: string): boolean =>
    keepsBytes(home.capabilities, kind) && keepsBytes(target.capabilities, kind);
  note(journey, "back", "back", await referenceProblems(home, entries));
  const manifests = manifestsOf(entries, home, exact);
  note(journey, "back", "back", await contentProblems(home, manifests, exact));
  if (entries.every(({ ref }) => exact(ref.kind)))
    note(journey, "back", "back", byteProblems(await home.snapshot(), sent));
}

/** Without the bytes themselves: which resource they belong to is said above. */
function byteProblems(actual: Uint8Array, expected: Uint8Array): readonly string[] {
  if (actual.length === expected.length && actual.every((byte, i) => byte === expected[i]))
    return [];
  let at = 0;
  while (at < actual.length && actual[at] === expected[at]) at++;
  const sizes = `${actual.length} bytes instead of ${expected.length}`;
  return [`the snapshot's bytes differ from byte ${at} on (${sizes})`];
}

function note(
  { aspects, problems }: Journey,
  aspect: Aspect,
  where: string,
  found: readonly string[],
): void {
  if (found.length > 0) aspects[aspect] = "different";
  else aspects[aspect] ??= "same";
  const more = found.length > 3 ? [`and ${found.length - 3} more`] : [];
  problems.push(
    ...[...found.slice(0, 3), ...more].map((problem) => `${aspect}, ${where}: ${problem}`),
  );
}
