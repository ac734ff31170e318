/** A directory as a StoreBackend: one file per resource. */

import type { FormatAdapter, StoreBackend } from "@engenho/sdk";
import { openFsBackend } from "./open-fs-backend.ts";
import type { OpenProgress, OpenReport } from "./open-report.ts";
import { disk } from "./disk.ts";
import type { PromisedDurability } from "./evidence/admission.ts";

export type { CommitStatistics } from "./commit/group-commit.ts";
export type { PlatformAdmission, PromisedDurability } from "./evidence/admission.ts";
export type { PlatformFindings } from "./evidence/examine-platform.ts";
export type {
  HostEvidence,
  PlatformEvidence,
  Storage,
  StorePathEvidence,
} from "./evidence/platform-evidence.ts";
export type { JournalStatistics } from "./journal/journal.ts";
export type { FsDiagnostics } from "./fs-driver.ts";
export type { FoundProblem, SkippedFiles } from "./load-tree.ts";
export type { OpenProgress, OpenReport } from "./open-report.ts";
export { type FsReadOnlyOptions, openFsReadOnly } from "./open-read-only.ts";

/** How others' writes are looked for. */
export interface ExternalWritesOptions {
  /** How often everything is looked at, in milliseconds, at most 2,147,483,647 (24 days). Default: 30,000. */
  readonly rescanMs?: number;
}

/** Where the store lies, and what it must be. */
export interface FsBackendOptions {
  /**
   * The directory. Made (with mode 0700) if it is not there; what it holds beside the store is left
   * alone. A symbolic link is followed once, when the store is opened.
   */
  readonly root: string;
  /**
   * The face that the store belongs to: written into a new store's `_meta.json`, and compared with
   * an existing one's. Default: `engenho` in a new store, otherwise whatever is there.
   */
  readonly faceName?: string;
  /**
   * What an acknowledged write survives: a loss of power, or only the end of the process. With `"process"`
   * nothing is fsynced: after a loss of power files may be missing, old, empty or torn. Default: `"power-loss"`.
   */
  readonly durability?: PromisedDurability;
  /**
   * Whether a write is acknowledged by one append to a journal, and its file written soon after: bursts become many
   * times as fast, and whoever reads the files from outside may see them some seconds late. Default: false.
   */
  readonly journal?: boolean;
  /**
   * Whether others may add, change and remove files while the store is open: what they do is seen by reads and
   * watches, as soon as the kernel tells of it (inotify), and at the latest after `rescanMs` milliseconds (30,000 if
   * not said), when everything is looked at. Preconditions (`ifRevision`) are then `unsupported`: no filesystem can
   * compare and replace at one instant. Default: false; what others do is seen when the store is opened.
   */
  readonly externalWrites?: boolean | ExternalWritesOptions;
  /**
   * The path of a profile that `engenho-fs bless` has written: the store opens only where evidence and
   * admission are as the profile has them. Default: wherever a store can be.
   */
  readonly platformProfile?: string;
  /**
   * Called once, when the store is open and before the promise resolves; never for an open that fails. What
   * it throws becomes a warning of the process.
   */
  readonly onOpen?: (report: OpenReport) => unknown;
  /**
   * Called while a journal is replayed and while the files are read: when all are found, after each 1,000, and at the end.
   * What it throws becomes a warning of the process.
   */
  readonly onProgress?: (progress: OpenProgress) => unknown;
  /** Formats beside the SDK's own. */
  readonly adapters?: readonly FormatAdapter[];
}

/**
 * Opens the store in a directory, for one handle at a time: a second one, in whatever process, is
 * refused until the first is closed or its process has ended.
 *
 * @throws BackendError `locked` (open elsewhere), `corrupt` (a damaged `_meta.json` or restore),
 * `unsupported` (another format version, a filesystem that cannot hold a store, such as one that folds case), `conflict` (another face, something
 * else where a file or directory of the store belongs), `profile_invalid` (missing, damaged, at odds with itself), `profile_mismatch`, `permission_denied`, `no_space`; TypeError for an option of the wrong type.
 *
 * @example
 * await using store = await createFsBackend({ root: "/var/lib/engenho" });
 * const manifest = "apiVersion: v1\nkind: Node\nmetadata: {name: n1}\n";
 * await store.apply("yaml", new TextEncoder().encode(manifest));
 */
export function createFsBackend(options: FsBackendOptions): Promise<StoreBackend> {
  return openFsBackend(options, disk);
}
