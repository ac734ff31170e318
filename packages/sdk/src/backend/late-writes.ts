/** Writes that were given up on and may land yet. */

import type { ResourceRef, Revision } from "../contract/index.ts";
import { referenceKey } from "../reference/index.ts";
import type { Expected } from "./driver.ts";

/**
 * What writes of unknown outcome expected to find: as long as it is there, they may land, and nothing can be called
 * unchanged over them. A write that is done takes it away.
 */
export class LateWrites {
  readonly #expected = new Map<string, Set<Expected>>();

  add(ref: ResourceRef, expected: Expected): void {
    const key = referenceKey(ref);
    this.#expected.set(key, new Set(this.#expected.get(key)).add(expected));
  }

  /** One that expected nothing may land over anything. */
  mayLandOver(ref: ResourceRef, revision: Revision): boolean {
    const expected = this.#expected.get(referenceKey(ref));
    return expected !== undefined && (expected.has(revision) || expected.has(undefined));
  }

  forget(ref: ResourceRef): void {
    if (this.#expected.size > 0) this.#expected.delete(referenceKey(ref));
  }
}
