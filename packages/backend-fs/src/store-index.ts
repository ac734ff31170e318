/** Which files of the tree hold which reference, kept in memory beside it. */

import { referenceKey, type ResourceRef } from "@engenho/sdk";
import { isPlaceOf, possiblePaths, storePath } from "./layout.ts";

/** A file that holds no readable resource. */
const damaged = Symbol("damaged");

/** Files at other paths than {@link storePath} are possible where another implementation laid out the tree. */
export class StoreIndex {
  readonly #holders = new Map<string, string | typeof damaged>();
  /** By reference key, the paths that hold it beside its store path. */
  readonly #strays = new Map<string, Set<string>>();

  /** The paths of all files that are ours. */
  paths(): Iterable<string> {
    return this.#holders.keys();
  }

  /** Forgets everything. */
  clear(): void {
    this.#holders.clear();
    this.#strays.clear();
  }

  /** Notes that a file holds this reference. */
  set(path: string, ref: ResourceRef): void {
    const key = referenceKey(ref);
    this.#holders.set(path, key);
    if (path === storePath(ref)) return;
    const strays = this.#strays.get(key);
    if (strays === undefined) this.#strays.set(key, new Set([path]));
    else strays.add(path);
  }

  /** Notes that a file is damaged. */
  setDamaged(path: string): void {
    this.#holders.set(path, damaged);
  }

  /** Notes that a file is gone. */
  delete(path: string): void {
    const holder = this.#holders.get(path);
    this.#holders.delete(path);
    if (typeof holder !== "string") return;
    const strays = this.#strays.get(holder);
    strays?.delete(path);
    if (strays?.size === 0) this.#strays.delete(holder);
  }

  /** Whether a file holds this reference. */
  holds(path: string, ref: ResourceRef): boolean {
    return this.#holders.get(path) === referenceKey(ref);
  }

  /** Whether a file holds another reference than this one. */
  holdsAnother(path: string, ref: ResourceRef): boolean {
    const holder = this.#holders.get(path);
    return typeof holder === "string" && holder !== referenceKey(ref);
  }

  /** The files that hold this reference, and damaged ones that can have held no other. */
  pathsOf(ref: ResourceRef): readonly string[] {
    const paths = new Set(this.#strays.get(referenceKey(ref)));
    for (const path of possiblePaths(ref)) {
      const isDamaged = this.#holders.get(path) === damaged;
      if (this.holds(path, ref) || (isDamaged && isPlaceOf(path, ref))) paths.add(path);
    }
    return [...paths];
  }
}
