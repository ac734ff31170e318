/** The intake for a system that nobody else writes to: what the driver has done is there. */

import type { ResourceRef, Revision } from "../contract/index.ts";
import { type Driver, StoreFailedError, type Written } from "./driver.ts";
import { type Entry, entryOf } from "./entry.ts";
import type { Intake } from "./intake.ts";
import { Mirror } from "./mirror.ts";
import type { StoreState } from "./store-state.ts";

/** Makes the mirror show what was done, at once. */
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
    this.#state.written(revision === entry.revision ? entry : entryOf(entry, revision));
    return revision;
  }

  async removed(ref: ResourceRef): Promise<void> {
    this.#state.removed(ref);
  }

  async replaced(entries: readonly Entry[]): Promise<void> {
    const mirror = new Mirror();
    mirror.replaceAll(entries);
    this.#state.adopt({ mirror, damaged: [] });
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
