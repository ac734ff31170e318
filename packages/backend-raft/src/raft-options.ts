/** What `createRaftBackend` takes. */

import type { FormatAdapter } from "@engenho/sdk";

/** What a store takes wherever its cluster comes from. */
export interface RaftStoreOptions {
  /** For `https`, in PEM. Default: the authorities that Node trusts, and no certificate of our own. */
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

/** Which store, on which cluster. */
export interface RaftBackendOptions extends RaftStoreOptions {
  /**
   * Members of an etcd cluster: `https://host:2379` or `http://host:2379` each, always with the port. They are asked in turn
   * when one fails.
   */
  readonly endpoints: readonly string[];
  /**
   * The store, below which all its keys lie: segments of letters, digits, `_`, `.` and `-` with `/` between them, at most 200
   * characters. Handles with the same prefix see one store; two prefixes never meet.
   */
  readonly prefix: string;
}

/** Which store, and which member of its cluster this process runs. */
export interface RaftMemberOptions extends RaftStoreOptions {
  /** This node: a number, or letters, digits, `_`, `.` and `-`, at most 64 characters. */
  readonly nodeId: string | number;
  /**
   * Every node that founds the cluster, this one too: its id, and where it listens for the others, such as
   * `{ 1: "https://10.0.0.1:2380" }`. The same on each of them. Needed by the first boot only: later ones know the cluster
   * from `logDir`. Once the node was one of a quorum, they don't look at this; before, it must be what it was.
   */
  readonly peers?: Readonly<Record<string, string>>;
  /** The directory that is this node's alone: etcd's data and log. Made if it is not there. */
  readonly logDir: string;
  /**
   * Where this member listens for clients: `http://10.0.0.1:2379`. Default: as for its peers, one port lower. May change
   * from boot to boot.
   */
  readonly clientUrl?: string;
  /**
   * This node's certificate, its key and the authority of all nodes, in PEM. Members show it to each other and to clients,
   * and ask them for one: it must be good for servers and clients, and for this host. Needed for `https`, and kept in
   * `logDir` for etcd to read.
   */
  readonly tls?: Required<NonNullable<RaftStoreOptions["tls"]>>;
  /** Lets `http` be used off the loopback address, where whoever reaches a port can change everything. Default false. */
  readonly insecure?: boolean;
  /** As with `endpoints`. Default `engenho`. */
  readonly prefix?: string;
  /** The path of etcd. Default: the `etcd` on PATH. */
  readonly etcd?: string;
  /** The oldest etcd to run: `3.5.13`, `3.6`. Default 3.5.13: watches of older ones can lose events. */
  readonly minimumVersion?: string;
  /** More arguments for etcd, after ours: `["--quota-backend-bytes=8589934592"]`. Default none. */
  readonly flags?: readonly string[];
  /** How long opening waits until the member is one of a quorum, in milliseconds. Default 60,000. */
  readonly startTimeoutMs?: number;
}
