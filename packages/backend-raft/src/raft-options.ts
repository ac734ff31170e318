/** What `createRaftBackend` takes. */

import type { FormatAdapter } from "@engenho/sdk";

/** Which store, on which cluster. */
export interface RaftBackendOptions {
  /** Members of an etcd cluster: `https://host:2379` or `http://host:2379` each. They are asked in turn when one fails. */
  readonly endpoints: readonly string[];
  /**
   * The store, below which all its keys lie: segments of letters, digits, `_`, `.` and `-` with `/` between them, at most 200
   * characters. Handles with the same prefix see one store; two prefixes never meet.
   */
  readonly prefix: string;
  /** For `https` endpoints, in PEM. Default: the authorities that Node trusts, and no certificate of our own. */
  readonly tls?: {
    /** The authority that vouches for the members. */
    readonly ca?: string | Uint8Array;
    /** Our certificate, where members ask for one. */
    readonly cert?: string | Uint8Array;
    /** Its key. */
    readonly key?: string | Uint8Array;
  };
  /** A user of etcd's, where it asks for one. */
  readonly auth?: {
    /** Its name. */
    readonly username: string;
    /** Its password. Never stands in an error. */
    readonly password: string;
  };
  /**
   * `linearizable` (the default): a read shows all that was acknowledged to anybody before, and asks the cluster for that.
   * `read-your-writes`: a read shows at least what this handle has written, and comes from memory.
   */
  readonly reads?: "linearizable" | "read-your-writes";
  /** How long a verb waits for the cluster, in milliseconds. Default 5,000. */
  readonly timeoutMs?: number;
  /** Formats beside yaml, json, hcl and native, or in place of one of them. */
  readonly adapters?: readonly FormatAdapter[];
}
