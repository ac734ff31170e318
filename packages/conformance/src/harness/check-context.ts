/** What a requirement's check has at hand. */

import type { Capabilities, StoreBackend } from "@engenho/sdk";
import type { OutsideWriter, Sample } from "./subject.ts";

/** One store, open, isolated from every other. */
export interface Instance {
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
  /** Another fresh store, isolated from the first. */
  openAnother(): Promise<Instance>;
  /** Ends the check as skipped. A skipped MUST makes its profile `partial`. */
  skip(reason: string): never;
}
