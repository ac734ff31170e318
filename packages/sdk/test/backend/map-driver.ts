/** A driver over a Map, whose operations a test can hold up, fail or look into. */

import {
  type Driver,
  type LoadedEntry,
  type LoadedStore,
  referenceKey,
  type ResourceRef,
  type StoredEntry,
} from "@engenho/sdk";

/** What the driver was asked to do, in the order in which it was handed over. */
export interface Step {
  readonly verb: "put" | "remove";
  readonly ref: ResourceRef;
}

/** Stores in `stored`; `before` runs ahead of every write and may wait or throw. */
export class MapDriver implements Driver {
  readonly stored: Map<string, LoadedEntry> = new Map();
  readonly steps: Step[] = [];
  before: (step: Step) => Promise<void> | void = () => {};
  after: (step: Step) => Promise<void> | void = () => {};
  damaged: LoadedStore["damaged"] = [];
  isClosed = false;

  async load(): Promise<LoadedStore> {
    return {
      entries: [...this.stored.values()],
      ...(this.damaged === undefined ? {} : { damaged: this.damaged }),
    };
  }

  async put(entry: StoredEntry): Promise<void> {
    await this.#step({ verb: "put", ref: entry.ref }, () =>
      this.stored.set(referenceKey(entry.ref), entry),
    );
  }

  async remove(ref: ResourceRef): Promise<void> {
    await this.#step({ verb: "remove", ref }, () => this.stored.delete(referenceKey(ref)));
  }

  async close(): Promise<void> {
    this.isClosed = true;
  }

  async #step(step: Step, act: () => unknown): Promise<void> {
    this.steps.push(step);
    await this.before(step);
    act();
    await this.after(step);
  }
}

/** A promise that a test resolves by hand. */
export class Gate {
  readonly passed: Promise<void>;
  open: () => void = () => {};

  constructor() {
    this.passed = new Promise((resolve) => {
      this.open = resolve;
    });
  }
}
