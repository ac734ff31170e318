/** What a backend claims about itself: plain data, fixed once it is open, tested both ways. */

import type { ResourceFormat } from "./resource.ts";

/** The verbs a backend can be asked to perform; snapshot and restore have claims of their own. */
export type Verb = "apply" | "get" | "list" | "delete" | "watch" | "snapshot" | "restore";

/** A kind that a backend holds where the system, not the caller, owns the kinds. */
export interface KindDomain {
  /** As references have it: `Job`. */
  readonly kind: string;
  /** Default: both. A reference outside is `invalid_reference` with field `namespace`. */
  readonly scope?: "namespaced" | "cluster";
  /** Stands in for a missing namespace in every verb. Default: a missing namespace is cluster-scoped. */
  readonly defaultNamespace?: string;
  /** A regular expression (`u` flag, anchored at both ends) that names must match. Default: any name. */
  readonly names?: string;
  /** Default: the backend's. */
  readonly formats?: readonly ResourceFormat[];
  /** Default: the backend's. */
  readonly fidelity?: Capabilities["fidelity"];
  /** Default: the backend's. */
  readonly maxBodyBytes?: number;
}

/** The claims of one backend. {@link defaultCapabilities} gives the value of each that it leaves out. */
export interface Capabilities {
  /** The version of the contract that the backend implements. */
  readonly contract: 1;
  /** The verbs it performs; every other one rejects with `unsupported`. */
  readonly verbs: readonly Verb[];
  /** What an acknowledged write survives: nothing, the end of the process, the loss of power. */
  readonly durability: "none" | "process" | "power-loss";
  /** Whether get returns the applied bytes, or a live object with every applied field equal. */
  readonly fidelity: "bytes" | "semantic";
  /** Whether a snapshot shows one instant of the whole store, one instant of each kind, or can't be had. */
  readonly snapshot: "consistent" | "per-kind" | "none";
  /** Whether a restore is old-or-new at every instant, converges when repeated, or can't be had. */
  readonly restore: "atomic" | "resumable" | "none";
  /** The writes that honour `ifRevision` without a race; any other one is `unsupported`. */
  readonly preconditions: readonly ("create" | "replace" | "delete")[];
  /** Whether `watch({since})` can continue; if not, every `since` yields a `reset`. */
  readonly resume: boolean;
  /** Whether changes made behind this handle's back become visible and are watched. */
  readonly externalWrites: boolean;
  /** Who else may have the same store open: a store of its own per handle, nobody, anybody. */
  readonly sharing: "private" | "exclusive" | "shared";
  /** Whether a read sees every write acknowledged anywhere, or those of this handle. */
  readonly reads: "linearizable" | "read-your-writes";
  /** The formats apply takes and reads can ask for. */
  readonly formats: readonly ResourceFormat[];
  /** The largest body that apply takes; a larger one is `too_large`. */
  readonly maxBodyBytes: number;
  /** The kinds it holds; `"any"` accepts every well-formed reference. */
  readonly kinds: "any" | readonly KindDomain[];
}

/** The value of every claim that a backend leaves out: what a Driver with no extras gets from the SDK. */
export const defaultCapabilities: Capabilities = Object.freeze({
  contract: 1,
  verbs: Object.freeze(["apply", "get", "list", "delete", "watch", "snapshot", "restore"] as const),
  durability: "none",
  fidelity: "bytes",
  snapshot: "consistent",
  restore: "resumable",
  preconditions: Object.freeze(["create", "replace", "delete"] as const),
  resume: true,
  externalWrites: false,
  sharing: "private",
  reads: "linearizable",
  formats: Object.freeze(["yaml", "json", "hcl", "native"] as const),
  maxBodyBytes: 16 * 1024 * 1024,
  kinds: "any",
});
