/** What must be known of a kind of server to find it or make it. */

/** A kind of server, as data. */
export interface ServerKind {
  /** What people call it, and the name of its program. */
  readonly name: string;
  /**
   * The environment variable that says which one to take: the path of a program, or the name of a
   * source (`cache`, `go`, `path`, `debian`). With `_MINIMUM` behind its name, it lowers `minimumVersion`.
   */
  readonly variable: string;
  /** The oldest version that tests are written for. */
  readonly minimumVersion: string;
  /** Arguments that make the program say its version. */
  readonly versionArguments: readonly string[];
  /** Finds the version in what it says; the first group is the version. */
  readonly versionPattern: RegExp;
  /** How Go builds it. */
  readonly go: {
    /** Holds the go.mod and go.sum that pin every module. */
    readonly directory: URL;
    /** The import path of its main package. */
    readonly package: string;
    /** For people: how long a build from nothing takes on two cores. */
    readonly duration: string;
  };
  /** The package of Debian that has it. */
  readonly debian: {
    readonly package: string;
    /** Where the program lies in the package: `usr/bin/etcd`. */
    readonly program: string;
  };
}
