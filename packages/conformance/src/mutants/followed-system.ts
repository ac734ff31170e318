/** A system in memory that backends follow and others write to. */

import {
  type FeedEvent,
  type Position,
  referenceKey,
  type ResourceRef,
  type Revision,
  type StoreChange,
  type StoredEntry,
  type Written,
} from "@engenho/sdk";

/** What the handles of one store share, and others write to directly. */
export class FollowedSystem {
  readonly state: Map<string, StoredEntry> = new Map();
  /** One for each position, from 1 on. */
  readonly log: FeedEvent[] = [];
  handles = 0;
  readonly #epoch: string;
  readonly #listeners = new Set<() => void>();

  constructor(epoch: string) {
    this.#epoch = epoch;
  }

  get position(): Position {
    return BigInt(this.log.length);
  }

  /** Makes a revision of the next position, which says whether a backend writes it or somebody else. */
  nextRevision(by: "own" | "theirs" = "own"): Revision {
    return `${this.#epoch}-${by}-${this.log.length + 1}` as Revision;
  }

  put(ref: ResourceRef, envelope: Uint8Array, revision: Revision = this.nextRevision()): Written {
    const entry = { ref, envelope, revision };
    this.state.set(referenceKey(ref), entry);
    return { ...this.#tell({ type: "put", entry }), revision };
  }

  remove(ref: ResourceRef): Written {
    this.state.delete(referenceKey(ref));
    return this.#tell({ type: "remove", ref });
  }

  /** Too much at once to be told one by one. */
  replaceAll(entries: readonly StoredEntry[]): Written {
    this.state.clear();
    const revision = this.nextRevision();
    for (const entry of entries) this.state.set(referenceKey(entry.ref), { ...entry, revision });
    this.log.push({ type: "gap", reason: "everything was replaced" });
    return this.#told();
  }

  /** Resolves once there is more than this many positions, or the signal is aborted. */
  async beyond(count: number, signal: AbortSignal): Promise<void> {
    if (this.log.length > count || signal.aborted) return;
    await new Promise<void>((resolve) => {
      const end = (): void => {
        this.#listeners.delete(end);
        signal.removeEventListener("abort", end);
        resolve();
      };
      this.#listeners.add(end);
      signal.addEventListener("abort", end);
    });
  }

  #tell(change: StoreChange): Written {
    this.log.push({ type: "changes", position: this.position + 1n, changes: [change] });
    return this.#told();
  }

  #told(): Written {
    for (const listener of [...this.#listeners]) listener();
    return { position: this.position };
  }
}

/** Whether somebody else than a backend has made this revision. */
export function isTheirs(revision: Revision): boolean {
  return revision.includes("-theirs-");
}
