/** What a backend knows: the mirror, the damage, the doubts, and the watches that follow it. */

import { BackendError, type ResourceRef, type Revision } from "../contract/index.ts";
import type { AdapterRegistry } from "../adapters/index.ts";
import { formatReference, referenceKey } from "../reference/index.ts";
import { Damage } from "./damage.ts";
import type { Driver, LoadedEntry } from "./driver.ts";
import { equalBytes } from "./bytes.ts";
import { draftFromEnvelope, type Entry, entryOf } from "./entry.ts";
import { Mirror } from "./mirror.ts";
import { Renderer } from "./render.ts";
import { newEpoch, RevisionMint } from "./revisions.ts";
import { WatchHub } from "./watch-hub.ts";

/** The state of one open store. Reads see it; writes change it when the driver has resolved, never before. */
export class StoreState {
  readonly mirror: Mirror = new Mirror();
  readonly damage: Damage = new Damage();
  readonly hub: WatchHub;
  readonly adapters: AdapterRegistry;
  readonly renderer: Renderer;
  readonly #mint: RevisionMint;
  /** Resources whose last write had an unknown outcome, by key. */
  readonly #doubtful = new Map<string, ResourceRef>();

  constructor(adapters: AdapterRegistry) {
    const epoch = newEpoch();
    this.adapters = adapters;
    this.renderer = new Renderer(adapters);
    this.hub = new WatchHub(epoch);
    this.#mint = new RevisionMint(epoch);
  }

  mintRevision(): Revision {
    return this.#mint.next();
  }

  /** Makes what the driver has stored all there is. */
  async load(driver: Driver): Promise<void> {
    const { entries, damaged = [] } = await driver.load();
    const loaded: Entry[] = [];
    this.damage.replaceAll(damaged);
    for await (const found of entries) {
      const entry = this.#admit(found);
      if (entry !== undefined) loaded.push(entry);
    }
    this.mirror.replaceAll(loaded);
    this.#doubtful.clear();
  }

  /** Takes over a write that the driver has done. */
  written(entry: Entry): void {
    const type = this.mirror.get(entry.ref) === undefined ? "added" : "modified";
    this.mirror.set(entry);
    this.damage.repair(entry.ref);
    this.hub.publish(type, entry);
  }

  /** Takes over a removal that the driver has done. */
  removed(ref: ResourceRef): void {
    const entry = this.mirror.get(ref);
    this.mirror.delete(ref);
    this.damage.repair(ref);
    if (entry !== undefined) this.hub.publish("deleted", entry);
  }

  /** Whether a restore can leave an entry as it is. */
  isThere(entry: Entry): boolean {
    const present = this.mirror.get(entry.ref);
    if (present === undefined || this.isDoubtful(entry.ref)) return false;
    return !this.damage.covers(entry.ref) && equalBytes(present.envelope, entry.envelope);
  }

  /** Takes over one entry of a restore; watches are told when it ends. */
  restored(entry: Entry): void {
    this.mirror.set(entry);
    this.#settled(entry.ref);
  }

  /** Takes over the removal of what a restore has not. */
  restoredWithout(ref: ResourceRef): void {
    this.mirror.delete(ref);
    this.#settled(ref);
  }

  /** Takes over a restore that replaced everything at once. */
  replaced(entries: readonly Entry[]): void {
    this.mirror.replaceAll(entries);
    this.damage.replaceAll([]);
    this.#doubtful.clear();
  }

  /** Everything that is there, readable or not, or may be. */
  references(): ResourceRef[] {
    const references = new Map<string, ResourceRef>();
    const present = this.mirror.all().map(({ ref }) => ref);
    for (const ref of [...present, ...this.damage.certainReferences(), ...this.doubtful()]) {
      references.set(referenceKey(ref), ref);
    }
    return [...references.values()];
  }

  /** The resources whose last write had an unknown outcome. */
  doubtful(): ResourceRef[] {
    return [...this.#doubtful.values()];
  }

  doubt(ref: ResourceRef): void {
    this.#doubtful.set(referenceKey(ref), ref);
  }

  isDoubtful(ref: ResourceRef): boolean {
    return this.#doubtful.has(referenceKey(ref));
  }

  /** Asks the system what became of a write with an unknown outcome; if it landed, watches see it. */
  async resolveDoubt(ref: ResourceRef, driver: Driver): Promise<void> {
    let found: LoadedEntry | undefined;
    try {
      found = await (driver.read === undefined ? findByLoading(ref, driver) : driver.read(ref));
    } catch (error) {
      if (!BackendError.is(error, "corrupt")) throw error;
      this.#doubtful.delete(referenceKey(ref));
      this.#markDamaged(ref, error);
      return;
    }
    this.#doubtful.delete(referenceKey(ref));
    const present = this.mirror.get(ref);
    // What can be read, or is not there, is not damaged.
    this.damage.repair(ref);
    if (found === undefined) {
      if (present !== undefined) this.removed(ref);
      return;
    }
    if (present !== undefined && equalBytes(present.envelope, found.envelope)) return;
    const entry = this.#admit(found);
    if (entry !== undefined) this.written(entry);
  }

  /** The entry, or undefined and a mark of the damage if its bytes are not its envelope. */
  #admit({ ref, envelope, revision }: LoadedEntry): Entry | undefined {
    try {
      return entryOf(draftFromEnvelope(envelope, ref), revision ?? this.mintRevision());
    } catch (error) {
      this.#markDamaged(ref, BackendError.from(error));
      return undefined;
    }
  }

  #markDamaged(ref: ResourceRef, { reason }: BackendError): void {
    const known = { ...ref, namespace: ref.namespace ?? null };
    this.damage.repair(ref);
    this.damage.add({ where: formatReference(ref), reason, known });
  }

  #settled(ref: ResourceRef): void {
    this.damage.repair(ref);
    this.#doubtful.delete(referenceKey(ref));
  }
}

async function findByLoading(ref: ResourceRef, driver: Driver): Promise<LoadedEntry | undefined> {
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
