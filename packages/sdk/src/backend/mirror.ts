/** The store's state in memory: what reads are served from. */

import type { ResourceRef } from "../contract/index.ts";
import { compareReferences, compareText, referenceKey } from "../reference/index.ts";
import type { Entry } from "./entry.ts";

/** The entries of one kind, and the same in list order while nothing was added or removed. */
interface KindShelf {
  readonly entries: Map<string, Entry>;
  sorted: readonly Entry[] | undefined;
}

/** Entries by reference; lists come out in list order and never change under their reader. */
export class Mirror {
  readonly #shelves = new Map<string, KindShelf>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  get(ref: ResourceRef): Entry | undefined {
    return this.#shelves.get(ref.kind)?.entries.get(referenceKey(ref));
  }

  set(entry: Entry): void {
    let shelf = this.#shelves.get(entry.ref.kind);
    if (shelf === undefined) {
      shelf = { entries: new Map(), sorted: undefined };
      this.#shelves.set(entry.ref.kind, shelf);
    }
    const key = referenceKey(entry.ref);
    if (!shelf.entries.has(key)) this.#size++;
    shelf.entries.set(key, entry);
    shelf.sorted = undefined;
  }

  delete(ref: ResourceRef): void {
    const shelf = this.#shelves.get(ref.kind);
    if (shelf?.entries.delete(referenceKey(ref)) !== true) return;
    this.#size--;
    shelf.sorted = undefined;
    if (shelf.entries.size === 0) this.#shelves.delete(ref.kind);
  }

  /** The entries of a kind in list order: of one namespace, or all. */
  list(kind: string, namespace: string | undefined): readonly Entry[] {
    const shelf = this.#shelves.get(kind);
    if (shelf === undefined) return [];
    shelf.sorted ??= [...shelf.entries.values()].sort((a, b) => compareReferences(a.ref, b.ref));
    if (namespace === undefined) return shelf.sorted;
    return shelf.sorted.filter((entry) => entry.ref.namespace === namespace);
  }

  /** Every entry, in snapshot order. */
  all(): Entry[] {
    const kinds = [...this.#shelves.keys()].sort(compareText);
    return kinds.flatMap((kind) => this.list(kind, undefined));
  }

  /** Makes these entries all there is. */
  replaceAll(entries: Iterable<Entry>): void {
    this.#shelves.clear();
    this.#size = 0;
    for (const entry of entries) this.set(entry);
  }
}
