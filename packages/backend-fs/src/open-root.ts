/** Makes a directory ready to be a store: there, locked, ours by its `_meta.json`, no restore half done. */

import { lstat, realpath } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { BackendError } from "@engenho/sdk";
import { DurableTree } from "./durable-tree.ts";
import type { PromisedDurability } from "./evidence/admission.ts";
import { examinePlatform, type PlatformFindings } from "./evidence/examine-platform.ts";
import { readProfile } from "./evidence/platform-profile.ts";
import { refuseForeignContents } from "./foreign-contents.ts";
import { FsDriver } from "./fs-driver.ts";
import { errnoOf } from "./errno.ts";
import { fsError, unlessMissing } from "./fs-error.ts";
import type { Disk } from "./disk.ts";
import { claimMeta, metaFile, readMeta, type StoreMeta, writeMeta } from "./meta-file.ts";
import { notify } from "./notify.ts";
import type { OpenProgress } from "./open-report.ts";
import { temporaryDirectory } from "./own-directories.ts";
import { recoverRestore } from "./restore-intent.ts";
import { replayJournal } from "./journal/replay-journal.ts";
import { lockRoot } from "./root-lock.ts";

const defaultFaceName = "engenho";

/** What a root must be. */
export interface RootDemands {
  /** What an acknowledged write is to survive. */
  readonly durability: PromisedDurability;
  /** The path of a profile that it is held to. */
  readonly profile?: string | undefined;
  /** What `_meta.json` must say, or will say in a new root. Default: whatever is there, else `engenho`. */
  readonly faceName?: string | undefined;
  /** Whether writes are acknowledged by a journal. */
  readonly journal?: boolean | undefined;
  /** Whether nobody else writes below the root. Default: true. */
  readonly isAlone?: boolean | undefined;
  /** Told how far the reading of the files is. */
  readonly onProgress?: ((progress: OpenProgress) => unknown) | undefined;
}

/** A root that is open: its driver, and the tree that it works on. */
export interface OpenedRoot {
  readonly driver: FsDriver;
  readonly tree: DurableTree;
}

/** Opens a root, made if it is not there, and gives the driver that holds its lock. */
export async function openRoot(
  root: string,
  demands: RootDemands,
  disk: Disk,
): Promise<OpenedRoot> {
  const { faceName, durability, profile } = demands;
  // First: a profile that cannot be read must not leave a new root behind.
  const pinned =
    profile === undefined ? undefined : { path: profile, content: await readProfile(profile) };
  const syncs = durability === "power-loss";
  const location = await makeRoot(resolve(root), disk, syncs);
  const lock = await lockRoot(location);
  let tree = new DurableTree(location, disk, syncs);
  try {
    const present = await acceptMeta(location, faceName);
    if (present !== undefined) await lock.holdToo(metaFile);
    await refuseForeignContents(tree, present !== undefined);
    const platform = await examinePlatform(location, durability, pinned);
    const meta = present ?? { faceName: faceName ?? defaultFaceName };
    if (present === undefined) {
      // Whatever is asked of writes: torn by a loss of power, it would keep the whole root from opening.
      const making = syncs || !takesSyncs(platform) ? tree : new DurableTree(location, disk, true);
      try {
        await writeMeta(making, meta);
      } finally {
        if (making !== tree) await making.abandon();
      }
      await lock.holdToo(metaFile);
      await tree.abandon();
    }
    const landmark = { path: metaFile, identity: await tree.identify(metaFile) };
    tree = new DurableTree(location, disk, syncs, landmark, demands.isAlone);
    if (present !== undefined) await claimMeta(tree, present);
    const onProgress = (progress: OpenProgress): void => {
      const observer = demands.onProgress;
      if (observer !== undefined) notify(`onProgress of the store ${location}`, observer, progress);
    };
    await tree.begin();
    await tree.removeDirectory(temporaryDirectory);
    const recovering =
      syncs || !takesSyncs(platform) ? tree : new DurableTree(location, disk, true, landmark);
    try {
      await recoverRestore(recovering);
      await replayJournal(recovering, onProgress);
    } finally {
      if (recovering !== tree) await recovering.abandon();
    }
    const hasJournal = demands.journal === true;
    const parts = { tree, lock, meta, platform, onProgress, hasJournal };
    return { driver: new FsDriver(parts), tree };
  } catch (error) {
    await tree.abandon();
    await lock.release();
    throw error;
  }
}

/** What was acknowledged to survive a loss of power survives it here too, whatever is asked of later writes. */
function takesSyncs({ evidence: { storePath } }: PlatformFindings): boolean {
  return storePath.fileSync === "accepted" && storePath.directorySync === "accepted";
}

/** The real path of the root, which is made durably if it is not there. */
async function makeRoot(root: string, disk: Disk, syncs: boolean): Promise<string> {
  const location = (await realPath(root)) ?? (await makeDirectory(root, 0o700, disk, syncs));
  if (!(await lstat(location)).isDirectory()) {
    throw new BackendError("conflict", `the root ${root} is not a directory`);
  }
  return location;
}

async function makeDirectory(
  path: string,
  mode: number,
  disk: Disk,
  syncs: boolean,
): Promise<string> {
  const parent = dirname(path);
  if ((await realPath(parent)) === undefined) await makeDirectory(parent, 0o777, disk, syncs);
  try {
    await disk.operations.makeDirectory(path, mode);
  } catch (error) {
    const errno = errnoOf(error);
    if (errno === "ENOENT") {
      const reason = `cannot make the directory ${path}: nothing can be made in ${parent}; choose another root`;
      throw new BackendError("unsupported", reason, { outcome: "none", cause: error });
    }
    if (errno !== "EEXIST") throw fsError(error, `make the directory ${path}`);
  }
  const made = await realPath(path);
  if (made === undefined)
    throw new BackendError("conflict", `${path} is a symbolic link to nothing`);
  await new DurableTree(await realpath(parent), disk, syncs).syncDirectories(["."]);
  return made;
}

async function realPath(path: string): Promise<string | undefined> {
  try {
    return await unlessMissing(realpath(path));
  } catch (error) {
    throw fsError(error, `open the root at ${path}`);
  }
}

async function acceptMeta(
  root: string,
  faceName: string | undefined,
): Promise<StoreMeta | undefined> {
  const meta = await readMeta(root);
  if (meta === undefined || faceName === undefined || meta.faceName === faceName) return meta;
  const names = `face "${meta.faceName}", not to "${faceName}"`;
  throw new BackendError(
    "conflict",
    `${join(root, metaFile)} says that this store belongs to ${names}`,
  );
}
