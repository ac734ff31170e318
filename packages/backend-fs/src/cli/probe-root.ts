/** Takes a root's lock for a moment to find out what the root does. */

import { lstat, realpath } from "node:fs/promises";
import { BackendError } from "@engenho/sdk";
import { gatherEvidence } from "../evidence/gather-evidence.ts";
import type { PlatformEvidence } from "../evidence/platform-evidence.ts";
import { fsError, unlessMissing } from "../fs-error.ts";
import { lockRoot } from "../root-lock.ts";

/**
 * The evidence of a directory that is there. It is left with a lock file, which is never removed.
 *
 * @throws BackendError `locked` while a store is open there, `not_found`, `conflict` for what is no directory.
 */
export async function probeRoot(root: string): Promise<PlatformEvidence> {
  const location = await existingDirectory(root);
  const lock = await lockRoot(location);
  try {
    return await gatherEvidence(location);
  } finally {
    await lock.release();
  }
}

/** The real path of a directory that is there. @throws BackendError `not_found`, `conflict`. */
export async function existingDirectory(root: string): Promise<string> {
  let location: string | undefined;
  try {
    location = await unlessMissing(realpath(root));
  } catch (error) {
    throw fsError(error, `open ${root}`);
  }
  if (location === undefined) throw new BackendError("not_found", `there is no directory ${root}`);
  if ((await lstat(location)).isDirectory()) return location;
  throw new BackendError("conflict", `${root} is not a directory`);
}
