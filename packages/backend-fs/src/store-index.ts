/** Which files of the tree hold which reference, kept in memory beside it. */

import { referenceKey, type ResourceRef } from "@engenho/sdk";
import { isPlaceOf, possiblePaths, storePath } from "./layout.ts";

/** A file that holds no readable resource. */
const damaged = Symbol("damaged");

/** Files at other paths than {@link storePath} are possible where another implementation laid out the tree. */
export class StoreIndex {
  /** The files that hold the reference whose place they are, which need not be kept: those that were written, or confirmed. */
  #atHome = new Set<string>();
  /** Those that were found: whoever wrote them may not have made them durable. */
  #foundAtHome = new Set<string>();
  /** The keys of what all other files hold. */
  #elsewhere = new Map<string, string | typeof damaged>();
  /** By reference key, the paths that hold it beside its store path. */
  #strays = new Map<string, Set<string>>();

  /** Whether every file holds the reference whose place it is. */
  get isTidy(): boolean {
    return this.#elsewhere.size === 0;
  }

  /** The paths of all files that are ours. */
  *paths(): Iterable<string> {
    yield* this.#atHome;
    yield* this.#foundAtHome;
    yield* this.#elsewhere.keys();
  }

  /** Forgets everything. */
  clear(): void {
    this.takeOver(new StoreIndex());
  }

  /** Has what another one has, which is not to be used any more. */
  takeOver(other: StoreIndex): void {
    this.#atHome = other.#atHome;
    this.#foundAtHome = other.#foundAtHome;
    this.#elsewhere = other.#elsewhere;
    this.#strays = other.#strays;
  }

  /** Notes that this store has written a reference to its place, durably. */
  set(path: string): void {
    if (!this.isTidy) this.delete(path);
    this.#foundAtHome.delete(path);
    this.#atHome.add(path);
  }

  /** Notes that a file was found to hold this reference. */
  setFound(path: string, ref: ResourceRef): void {
    if (!this.isTidy) this.delete(path);
    this.#atHome.delete(path);
    if (path === storePath(ref)) {
      this.#foundAtHome.add(path);
      return;
    }
    this.#foundAtHome.delete(path);
    const key = referenceKey(ref);
    this.#elsewhere.set(path, key);
    const strays = this.#strays.get(key);
    if (strays === undefined) this.#strays.set(key, new Set([path]));
    else strays.add(path);
  }

  /** Whether a file was found, and not confirmed. Those that are not at home always are: they move when they are written. */
  isFound(path: string): boolean {
    return this.#foundAtHome.has(path) || this.#elsewhere.has(path);
  }

  /** Notes that what was found is durable now. */
  confirm(path: string): void {
    if (this.#foundAtHome.delete(path)) this.#atHome.add(path);
  }

  /** Notes that a file is damaged. */
  setDamaged(path: string): void {
    this.delete(path);
    this.#elsewhere.set(path, damaged);
  }

  /** Notes that a file is gone. */
  delete(path: string): void {
    this.#atHome.delete(path);
    this.#foundAtHome.delete(path);
    const holder = this.#elsewhere.get(path);
    this.#elsewhere.delete(path);
    if (typeof holder !== "string") return;
    const strays = this.#strays.get(holder);
    strays?.delete(path);
    if (strays?.size === 0) this.#strays.delete(holder);
  }

  /** Whether a file holds this reference. */
  holds(path: string, ref: ResourceRef): boolean {
    if (this.#isAtHome(path)) return path === storePath(ref);
    return this.#elsewhere.get(path) === referenceKey(ref);
  }

  /** Whether a file holds another reference than this one. */
  holdsAnother(path: string, ref: ResourceRef): boolean {
    if (this.#isAtHome(path)) return path !== storePath(ref);
    const holder = this.#elsewhere.get(path);
    return typeof holder === "string" && holder !== referenceKey(ref);
  }

  /** The files that hold this reference, and damaged ones that can have held no other. */
  pathsOf(ref: ResourceRef): readonly string[] {
    if (this.isTidy) {
      const path = storePath(ref);
      return this.#isAtHome(path) ? [path] : [];
    }
    const paths = new Set(this.#strays.get(referenceKey(ref)));
    for (const path of possiblePaths(ref)) {
      const isDamaged = this.#elsewhere.get(path) === damaged;
      if (this.holds(path, ref) || (isDamaged && isPlaceOf(path, ref))) paths.add(path);
    }
    return [...paths];
  }

  #isAtHome(path: string): boolean {
    return this.#atHome.has(path) || this.#foundAtHome.has(path);
  }
}
