/** What a backend knows: the mirror, the damage, the doubts, and the watches that follow it. */

import { BackendError, type ResourceRef, type Revision } from "../contract/index.ts";
import type { AdapterRegistry } from "../adapters/index.ts";
import { referenceKey } from "../reference/index.ts";
import { Damage } from "./damage.ts";
import type { Driver, LoadedEntry, StoredEntry } from "./driver.ts";
import { equalBytes } from "./bytes.ts";
import type { Entry } from "./entry.ts";
import type { Position } from "./feed-event.ts";
import { Mirror } from "./mirror.ts";
import { damageAt, entryFound, findByLoading, readStore, type StoreContent } from "./read-store.ts";
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
  /** A revision that was never used. */
  readonly mintRevision: (envelope: Uint8Array) => Revision;
  /** Resources whose last write had an unknown outcome, by key. */
  readonly #doubtful = new Map<string, ResourceRef>();
  /** What is being judged, by key: what was absent twice may have been there in between. */
  readonly #judged = new Map<string, Judged>();

  /** @param mintRevision Default: a mint of its own. */
  constructor(adapters: AdapterRegistry, mintRevision?: (envelope: Uint8Array) => Revision) {
    const epoch = newEpoch();
    this.adapters = adapters;
    this.renderer = new Renderer(adapters);
    this.hub = new WatchHub(epoch);
    const mint = new RevisionMint(epoch);
    this.mintRevision = mintRevision ?? (() => mint.next());
  }

  /** Makes what the driver has stored all there is. Returns the point that it shows, where the system has points. */
  async load(driver: Driver): Promise<Position | undefined> {
    const content = await readStore(driver, this.mintRevision);
    this.adopt(content);
    return content.position;
  }

  /** Makes these all there is, and leaves no doubt. Watches are not told. */
  adopt(content: StoreContent): void {
    this.show(content);
    this.#doubtful.clear();
  }

  /** Makes these all there is. Doubts stay: their writes may be younger. */
  show({ mirror, damaged }: StoreContent): void {
    for (const judged of this.#judged.values()) judged.wasRemoved = true;
    this.mirror.takeOver(mirror);
    this.damage.replaceAll(damaged);
  }

  /** Takes over a write that is done. */
  written(entry: Entry): void {
    const type = this.mirror.get(entry.ref) === undefined ? "added" : "modified";
    this.mirror.set(entry);
    this.damage.repair(entry.ref);
    this.hub.publish(type, entry);
  }

  /** Takes over a removal that is done. */
  removed(ref: ResourceRef): void {
    const entry = this.mirror.get(ref);
    this.mirror.delete(ref);
    this.damage.repair(ref);
    if (entry === undefined) return;
    const judged = this.#judged.get(referenceKey(ref));
    if (judged !== undefined) judged.wasRemoved = true;
    this.hub.publish("deleted", entry);
  }

  /** Takes over an entry that the system tells of; what is known already is no change. */
  found(found: StoredEntry): void {
    const entry = entryFound(found, () => found.revision);
    if ("where" in entry) {
      this.damage.repair(found.ref);
      this.damage.add(entry);
      return;
    }
    const present = this.mirror.get(entry.ref);
    if (present !== undefined && isSame(present, entry)) this.damage.repair(entry.ref);
    else this.written(entry);
  }

  /** Notes what becomes of a resource while one write of it is judged. */
  async judging<T>(ref: ResourceRef, judged: Judged, task: () => Promise<T>): Promise<T> {
    const key = referenceKey(ref);
    this.#judged.set(key, judged);
    try {
      return await task();
    } finally {
      this.#judged.delete(key);
    }
  }

  /** Whether a restore can leave an entry as it is. */
  isThere(entry: Entry): boolean {
    const present = this.mirror.get(entry.ref);
    if (present === undefined || this.isDoubtful(entry.ref)) return false;
    return !this.damage.covers(entry.ref) && equalBytes(present.envelope, entry.envelope);
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

  certain(ref: ResourceRef): void {
    this.#doubtful.delete(referenceKey(ref));
  }

  isDoubtful(ref: ResourceRef): boolean {
    return this.#doubtful.size > 0 && this.#doubtful.has(referenceKey(ref));
  }

  /** Asks the system what became of a write with an unknown outcome; if it landed, watches see it. */
  async resolveDoubt(ref: ResourceRef, driver: Driver): Promise<void> {
    let found: LoadedEntry | undefined;
    try {
      found = await (driver.read === undefined ? findByLoading(ref, driver) : driver.read(ref));
    } catch (error) {
      if (!BackendError.is(error, "corrupt")) throw error;
      this.certain(ref);
      this.damage.repair(ref);
      this.damage.add(damageAt(ref, error.reason));
      return;
    }
    this.certain(ref);
    const present = this.mirror.get(ref);
    // What can be read, or is not there, is not damaged.
    this.damage.repair(ref);
    if (found === undefined) {
      if (present !== undefined) this.removed(ref);
      return;
    }
    if (present !== undefined && equalBytes(present.envelope, found.envelope)) return;
    const entry = entryFound(found, ({ envelope }) => this.mintRevision(envelope));
    if ("where" in entry) this.damage.add(entry);
    else this.written(entry);
  }
}

/** What a write was judged by, and what has become of it since. */
export interface Judged {
  revision: Revision | undefined;
  wasRemoved: boolean;
}

function isSame(a: Entry, b: Entry): boolean {
  return a.revision === b.revision && equalBytes(a.envelope, b.envelope);
}
