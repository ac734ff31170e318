/** What this machine and this directory were seen to do: plain data, nothing concluded from it. */

/** What the process stands on. */
export interface HostEvidence {
  /** As `process.platform` has it. */
  readonly platform: string;
  /** A clock that never goes back and says nothing outside this process (`process.hrtime`). */
  readonly monotonicClock: "process-local";
}

/** Where what is written ends up: what the filesystem's type says of it. `unknown`: it depends. */
export type Storage = "disk" | "memory" | "network" | "unknown";

/**
 * What a directory really does. Each fact but the first two was tried; `unknown` is one that could not
 * be tried because the disk is full.
 */
export interface StorePathEvidence {
  /** The name of the filesystem's type (`ext`, `xfs`, `tmpfs`), or its number as `0x…`. */
  readonly filesystem: string;
  /** Where the filesystem's type says that it keeps what is written. */
  readonly storage: Storage;
  /** Whether fsync of a file is taken. That says nothing of what survives: `storage` does. */
  readonly fileSync: "accepted" | "refused" | "unknown";
  /** Whether fsync of a directory is taken. */
  readonly directorySync: "accepted" | "refused" | "unknown";
  /** Whether a file can be renamed over another one. */
  readonly renameOver: "replaces" | "refused" | "unknown";
  /** What open with O_NOFOLLOW makes of a symbolic link; `no-links` where there are none. */
  readonly noFollow: "refuses-links" | "follows-links" | "no-links" | "unknown";
  /** Whether a file can have a second name. */
  readonly hardLinks: "made" | "refused" | "unknown";
  /** Whether reads at positions in any order give what is there. */
  readonly positionalReads: "exact" | "wrong" | "unknown";
  /** How exactly a file's time of modification is kept: revisions are such times. */
  readonly fileTimes: "microseconds" | "coarse" | "unknown";
  /** The bytes that a name may have; more than 255 are not tried. */
  readonly nameBytes: number | "unknown";
  /** Whether `A` and `a` are two files. */
  readonly letterCase: "distinct" | "folded";
  /** Whether `é` in one code point and in two are two files; `refused` where neither can be. */
  readonly unicode: "distinct" | "folded" | "refused" | "unknown";
}

/** All that was observed when a root was opened. */
export interface PlatformEvidence {
  /** Milliseconds since 1970, by the clock on the wall. */
  readonly observedAt: number;
  /** Of the machine and the process. */
  readonly host: HostEvidence;
  /** Of the directory. */
  readonly storePath: StorePathEvidence;
}
