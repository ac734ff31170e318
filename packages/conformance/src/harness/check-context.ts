/** What a requirement's check has at hand. */

import type { Capabilities, ResourceRef, StoreBackend } from "@engenho/sdk";
import type { Script } from "./kill/script.ts";
import type { Damage, OutsideWriter, Sample } from "./subject.ts";

/** A store that can end at this instant, open or on its way to be. */
export interface Endable {
  /**
   * Opens, in a place of its own, what a sudden end of the process now, or a loss of power, would leave. It is taken
   * before this returns. `onStep` hears of the steps in the new place, the opening included. Skips the requirement if
   * the subject cannot.
   */
  left(by: "crash" | "cutPower", onStep?: StepListener): Promise<Instance>;
}

/** Told, where a subject has `steps`, before each change to what a store keeps. */
export type StepListener = (store: Endable, kind: "change" | "sync") => void;

/** What is known of a process that was killed while it wrote. */
export interface Killed {
  /** For each client, how many of its calls were acknowledged. */
  readonly acknowledged: readonly number[];
  /** Opens what it has left. */
  open(): Promise<Instance>;
}

/** One store, open, isolated from every other. */
export interface Instance extends Endable {
  /** The backend, open on an empty store. */
  readonly backend: StoreBackend;
  /** Closes the backend and opens its store again. Skips the requirement if the subject cannot. */
  reopen(): Promise<StoreBackend>;
  /** The same, by way of `open` if the subject has no `reopen`: for stores that keep nothing. */
  openAnew(): Promise<StoreBackend>;
  /** Opens the store a second time beside the open backend. Skips the requirement if the subject cannot. */
  openAgain(): Promise<StoreBackend>;
  /** Opens what a sudden end of the process now would leave. Skips the requirement if the subject cannot. */
  crash(): Promise<StoreBackend>;
  /** Opens what a loss of power now could leave. Skips the requirement if the subject cannot. */
  cutPower(): Promise<StoreBackend>;
  /** Somebody else who writes to the store. Skips the requirement if the subject has nobody. */
  outside(): Promise<OutsideWriter>;
  /** Has the system below the store fail for good. Skips the requirement if the subject cannot. */
  fail(): Promise<void>;
  /**
   * Has clients write into this store until their process ends: one of its own that is killed, where the subject says its
   * module; else this one, by `crash`. Skips the requirement if the subject has neither.
   */
  killed(script: Script): Promise<Killed>;
  /** Closes the backend and damages what is kept of one resource. Skips the requirement if the subject cannot. */
  damage(way: Exclude<keyof Damage, "outdate">, ref: ResourceRef): Promise<void>;
  /** Closes the backend and gives the store a version that nobody knows. Skips the requirement if the subject cannot. */
  outdate(): Promise<void>;
  /** Closes the backend and removes the store, before the end of the check: for checks that open hundreds. */
  discard(): Promise<void>;
}

/** A fresh instance, and what else a check may need. Everything opened here is closed when it ends. */
export interface CheckContext extends Instance {
  /** What the backend claims, as it was when the subject was first opened. */
  readonly capabilities: Capabilities;
  /** Manifests that the backend takes: the subject's, or the suite's own. */
  readonly samples: readonly Sample[];
  /** Drives every random choice of the check; the same seed repeats it. */
  readonly seed: number;
  /** Whether the full sizes are wanted (CI) rather than the quick ones. */
  readonly full: boolean;
  /** Whether the subject has `steps`. */
  readonly hasSteps: boolean;
  /** Another fresh store, isolated from the first. `onStep` hears of its steps, those of the opening included. */
  openAnother(onStep?: StepListener): Promise<Instance>;
  /** Ends the check as skipped. A skipped MUST makes its profile `partial`. */
  skip(reason: string): never;
}
