/** The store's state in memory: what reads are served from. */

import type { ResourceRef } from "../contract/index.ts";
import { compareText } from "../reference/index.ts";
import type { Entry } from "./entry.ts";

/**
 * The entries of one namespace: by name, in list order, or both. Each is made of the other one when it is
 * first asked for, and a change leaves only the names.
 */
interface NamespaceShelf {
  byName: Map<string, Entry> | undefined;
  sorted: Entry[] | undefined;
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
  #kinds = new Map<string, KindShelf>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  get({ kind, namespace = "", name }: ResourceRef): Entry | undefined {
    const shelf = this.#kinds.get(kind)?.namespaces.get(namespace);
    return shelf === undefined ? undefined : namesOf(shelf).get(name);
  }

  set(entry: Entry): void {
    const { kindShelf, shelf } = this.#placeOf(entry.ref);
    this.#put(entry, shelf);
    kindShelf.sorted = undefined;
  }

  delete({ kind, namespace = "", name }: ResourceRef): void {
    const kindShelf = this.#kinds.get(kind);
    const shelf = kindShelf?.namespaces.get(namespace);
    if (kindShelf === undefined || shelf === undefined) return;
    const names = namesOf(shelf);
    if (!names.delete(name)) return;
    this.#size--;
    shelf.sorted = undefined;
    kindShelf.sorted = undefined;
    if (names.size > 0) return;
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

  /** Makes these entries all there is. What comes in list order, as snapshots do, costs a list and no more. */
  replaceAll(entries: Iterable<Entry>): void {
    this.#kinds.clear();
    this.#size = 0;
    let before: Entry | undefined;
    let shelf: NamespaceShelf | undefined;
    for (const entry of entries) {
      const { kind, namespace, name } = entry.ref;
      const isNeighbour = kind === before?.ref.kind && namespace === before.ref.namespace;
      if (shelf === undefined || !isNeighbour) shelf = this.#placeOf(entry.ref).shelf;
      const last = isNeighbour ? before : shelf.sorted?.at(-1);
      if (
        shelf.sorted !== undefined &&
        (last === undefined || compareText(last.ref.name, name) < 0)
      ) {
        shelf.sorted.push(entry);
        this.#size++;
      } else this.#put(entry, shelf);
      before = entry;
    }
  }

  #put(entry: Entry, shelf: NamespaceShelf): void {
    const names = namesOf(shelf);
    const sizeBefore = names.size;
    names.set(entry.ref.name, entry);
    this.#size += names.size - sizeBefore;
    shelf.sorted = undefined;
  }

  /** Makes what another one has all there is; that one is not to be used any more. */
  takeOver(other: Mirror): void {
    this.#kinds = other.#kinds;
    this.#size = other.#size;
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
      shelf = { byName: undefined, sorted: [] };
      kindShelf.namespaces.set(namespace, shelf);
    }
    return { kindShelf, shelf };
  }
}

function namesOf(shelf: NamespaceShelf): Map<string, Entry> {
  shelf.byName ??= new Map(shelf.sorted?.map((entry) => [entry.ref.name, entry]));
  return shelf.byName;
}

function inOrder(shelf: NamespaceShelf): readonly Entry[] {
  shelf.sorted ??= [...namesOf(shelf).values()].sort((a, b) => compareText(a.ref.name, b.ref.name));
  return shelf.sorted;
}
