/** The store's state in memory: what reads are served from. */

import type { ResourceRef } from "../contract/index.ts";
import { compareText } from "../reference/index.ts";
import type { Entry } from "./entry.ts";

/** The entries of one namespace by name, and the same in list order while none was changed. */
interface NamespaceShelf {
  readonly entries: Map<string, Entry>;
  sorted: readonly Entry[] | undefined;
}

/** The namespaces of one kind ("" has what is in none), and all their entries likewise. */
interface KindShelf {
  readonly namespaces: Map<string, NamespaceShelf>;
  sorted: readonly Entry[] | undefined;
}

interface Place {
  readonly kindShelf: KindShelf;
  readonly shelf: NamespaceShelf;
}

/**
 * Entries by reference; lists come out in list order and never change under their reader. The keys are
 * the references' own texts: one text made of all three for each entry would be a tenth of the memory.
 */
export class Mirror {
  readonly #kinds = new Map<string, KindShelf>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  get({ kind, namespace = "", name }: ResourceRef): Entry | undefined {
    return this.#kinds.get(kind)?.namespaces.get(namespace)?.entries.get(name);
  }

  set(entry: Entry): void {
    const { kindShelf, shelf } = this.#placeOf(entry.ref);
    const sizeBefore = shelf.entries.size;
    shelf.entries.set(entry.ref.name, entry);
    this.#size += shelf.entries.size - sizeBefore;
    shelf.sorted = undefined;
    kindShelf.sorted = undefined;
  }

  delete({ kind, namespace = "", name }: ResourceRef): void {
    const kindShelf = this.#kinds.get(kind);
    const shelf = kindShelf?.namespaces.get(namespace);
    if (kindShelf === undefined || shelf?.entries.delete(name) !== true) return;
    this.#size--;
    shelf.sorted = undefined;
    kindShelf.sorted = undefined;
    if (shelf.entries.size > 0) return;
    kindShelf.namespaces.delete(namespace);
    if (kindShelf.namespaces.size === 0) this.#kinds.delete(kind);
  }

  /** The entries of a kind in list order: of one namespace, or all. */
  list(kind: string, namespace: string | undefined): readonly Entry[] {
    const kindShelf = this.#kinds.get(kind);
    if (kindShelf === undefined) return [];
    if (namespace !== undefined) {
      const shelf = kindShelf.namespaces.get(namespace);
      return shelf === undefined ? [] : inOrder(shelf);
    }
    kindShelf.sorted ??= [...kindShelf.namespaces]
      .sort(([a], [b]) => compareText(a, b))
      .flatMap(([, shelf]) => inOrder(shelf));
    return kindShelf.sorted;
  }

  /** Every entry, in snapshot order. */
  all(): Entry[] {
    const kinds = [...this.#kinds.keys()].sort(compareText);
    return kinds.flatMap((kind) => this.list(kind, undefined));
  }

  /** Makes these entries all there is. */
  replaceAll(entries: Iterable<Entry>): void {
    this.#kinds.clear();
    this.#size = 0;
    let before: Entry | undefined;
    let place: Place | undefined;
    for (const entry of entries) {
      const { kind, namespace, name } = entry.ref;
      // Entries that come in list order have their neighbour's place.
      if (place === undefined || kind !== before?.ref.kind || namespace !== before.ref.namespace)
        place = this.#placeOf(entry.ref);
      const sizeBefore = place.shelf.entries.size;
      place.shelf.entries.set(name, entry);
      this.#size += place.shelf.entries.size - sizeBefore;
      before = entry;
    }
  }

  /** Where an entry belongs; made if it is the first one there. */
  #placeOf({ kind, namespace = "" }: ResourceRef): Place {
    let kindShelf = this.#kinds.get(kind);
    if (kindShelf === undefined) {
      kindShelf = { namespaces: new Map(), sorted: undefined };
      this.#kinds.set(kind, kindShelf);
    }
    let shelf = kindShelf.namespaces.get(namespace);
    if (shelf === undefined) {
      shelf = { entries: new Map(), sorted: undefined };
      kindShelf.namespaces.set(namespace, shelf);
    }
    return { kindShelf, shelf };
  }
}

function inOrder(shelf: NamespaceShelf): readonly Entry[] {
  shelf.sorted ??= [...shelf.entries.values()].sort((a, b) => compareText(a.ref.name, b.ref.name));
  return shelf.sorted;
}
