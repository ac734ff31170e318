/** What a backend knows: the mirror, the damage, the doubts, and the watches that follow it. */

import {
  BackendError,
  type Resource,
  type ResourceFormat,
  type ResourceRef,
  type Revision,
} from "../contract/index.ts";
import type { AdapterRegistry } from "../adapters/index.ts";
import { referenceKey } from "../reference/index.ts";
import { Damage } from "./damage.ts";
import type { Driver, LoadedEntry } from "./driver.ts";
import { type Entry, entryFromEnvelope, equalBytes } from "./entry.ts";
import { Mirror } from "./mirror.ts";
import { renderLeniently } from "./render.ts";
import { newEpoch, RevisionMint } from "./revisions.ts";
import { WatchHub } from "./watch-hub.ts";

/** The state of one open store. Reads see it; writes change it when the driver has resolved, never before. */
export class StoreState {
  readonly mirror: Mirror = new Mirror();
  readonly damage: Damage = new Damage();
  readonly hub: WatchHub;
  readonly adapters: AdapterRegistry;
  readonly #mint: RevisionMint;
  /** Resources whose last write had an unknown outcome, by key. */
  readonly #doubtful = new Map<string, ResourceRef>();

  constructor(adapters: AdapterRegistry) {
    const epoch = newEpoch();
    this.adapters = adapters;
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

  doubt(ref: ResourceRef): void {
    this.#doubtful.set(referenceKey(ref), ref);
  }

  isDoubtful(ref: ResourceRef): boolean {
    return this.#doubtful.has(referenceKey(ref));
  }

  /** Asks the system what became of a write with an unknown outcome; if it landed, watches see it. */
  async resolveDoubt(ref: ResourceRef, driver: Driver): Promise<void> {
    const found =
      driver.read === undefined ? await findByLoading(ref, driver) : await driver.read(ref);
    this.#doubtful.delete(referenceKey(ref));
    const present = this.mirror.get(ref);
    if (found === undefined) {
      if (present !== undefined) this.removed(ref);
      return;
    }
    if (present !== undefined && equalBytes(present.envelope, found.envelope)) return;
    const entry = this.#admit(found);
    if (entry !== undefined) this.written(entry);
  }

  /** The resource in the format asked for, or in the one it is in. */
  render(entry: Entry, format: ResourceFormat): Resource {
    const { ref, revision } = entry;
    return { ref: { ...ref }, revision, ...renderLeniently(entry, format, this.adapters) };
  }

  /** The entry, or undefined and a mark of the damage if its bytes are not its envelope. */
  #admit({ ref, envelope, revision }: LoadedEntry): Entry | undefined {
    try {
      return entryFromEnvelope(ref, envelope, revision ?? this.mintRevision());
    } catch (error) {
      const { reason } = BackendError.from(error);
      const where = `${ref.kind}/${ref.namespace ?? "_cluster"}/${ref.name}`;
      this.damage.add({ where, reason, known: { ...ref, namespace: ref.namespace ?? null } });
      return undefined;
    }
  }
}

async function findByLoading(ref: ResourceRef, driver: Driver): Promise<LoadedEntry | undefined> {
  const { entries } = await driver.load();
  const key = referenceKey(ref);
  let found: LoadedEntry | undefined;
  for await (const entry of entries) if (referenceKey(entry.ref) === key) found = entry;
  return found;
}
