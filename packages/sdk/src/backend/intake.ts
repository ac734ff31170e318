/** How what a driver has done becomes what readers see. */

import type { ResourceRef, Revision } from "../contract/index.ts";
import type { Driver, Written } from "./driver.ts";
import type { Entry } from "./entry.ts";
import type { StoreState } from "./store-state.ts";
import { StoreFailedError } from "./driver.ts";

/** Each method is called when the driver has done its part, and resolves when readers see it. */
export interface Intake {
  /** Whether the mirror may be behind what others have written, and {@link Intake.catchUp} can tell it. */
  readonly canCatchUp: boolean;
  /** An entry was put. Its revision: the system's, or else the one that the entry has. */
  put(entry: Entry, written: Written | void): Promise<Revision>;
  /** A resource was removed. */
  removed(ref: ResourceRef, written: Written | void): Promise<void>;
  /** Everything was replaced at once. */
  replaced(entries: readonly Entry[], written: Written | void): Promise<void>;
  /** Everything may have been replaced, or not. May throw what the store comes to by that. */
  replacedPerhaps(cause: unknown): Promise<void>;
  /** The mirror shows everything that was acknowledged before the call. Rejects with outcome `none`. */
  catchUp(): Promise<void>;
  /** Finds out what became of a write with an unknown outcome. */
  resolveDoubt(ref: ResourceRef): Promise<void>;
}

/** For a system that nobody else writes to: what the driver has done is there. */
export class DirectIntake implements Intake {
  readonly canCatchUp = false;
  readonly #driver: Driver;
  readonly #state: StoreState;

  constructor(driver: Driver, state: StoreState) {
    this.#driver = driver;
    this.#state = state;
  }

  async put(entry: Entry, written: Written | void): Promise<Revision> {
    const { revision = entry.revision } = written ?? {};
    this.#state.written(revision === entry.revision ? entry : { ...entry, revision });
    return revision;
  }

  async removed(ref: ResourceRef): Promise<void> {
    this.#state.removed(ref);
  }

  async replaced(entries: readonly Entry[]): Promise<void> {
    this.#state.adopt({ entries, damaged: [] });
  }

  /** A store that can't be read any more has failed. */
  async replacedPerhaps(cause: unknown): Promise<void> {
    try {
      await this.#state.load(this.#driver);
    } catch {
      throw new StoreFailedError("what became of a restore could not be found out", { cause });
    }
  }

  async catchUp(): Promise<void> {}

  resolveDoubt(ref: ResourceRef): Promise<void> {
    return this.#state.resolveDoubt(ref, this.#driver);
  }
}
