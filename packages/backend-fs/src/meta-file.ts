/** `{root}/_meta.json`: what kind of store this is, `{format_version, face_name}`. */

import { join } from "node:path";
import { BackendError } from "@engenho/sdk";
import type { DurableTree } from "./durable-tree.ts";
import { latestTime } from "./file-operations.ts";
import { errnoOf } from "./errno.ts";
import { fsError } from "./fs-error.ts";
import { readRegularFile } from "./read-regular-file.ts";

/** Its name in the root. */
export const metaFile = "_meta.json";

/** The layout that this release reads and writes. */
const formatVersion = 1;
const maxBytes = 64 * 1024;

/** What the file says that matters here; keys beside these are left as they are. */
export interface StoreMeta {
  readonly faceName: string;
  /** The time of modification of the file, in microseconds; undefined of one that was not there yet. */
  readonly modified?: number;
}

/**
 * Reads the file; undefined if there is none.
 *
 * @throws BackendError `corrupt` if it is damaged, `unsupported` for another format version,
 * `conflict` if it is not a regular file.
 */
export async function readMeta(root: string): Promise<StoreMeta | undefined> {
  const path = join(root, metaFile);
  let bytes: Uint8Array;
  let modified: number;
  try {
    ({ bytes, modified } = await readRegularFile(path, maxBytes));
  } catch (error) {
    if (errnoOf(error) === "ENOENT") return undefined;
    if (BackendError.is(error, "too_large")) throw damaged(path, error.reason);
    throw fsError(error, `read ${path}`);
  }
  return { ...parseMeta(bytes, path), modified };
}

/**
 * Finds out whether its time can be set, which later only writes would, by setting what it is.
 *
 * @throws BackendError `permission_denied` where the file belongs to somebody else.
 */
export async function claimMeta(tree: DurableTree, { modified = 0 }: StoreMeta): Promise<void> {
  const time = modified <= latestTime ? modified : Date.now() * 1000;
  try {
    await tree.setModified(metaFile, time, { syncs: false });
  } catch (error) {
    if (!BackendError.is(error, "permission_denied")) throw error;
    const advice = "the store must set its time; chown it to the user that opens the store";
    const path = tree.absolute(metaFile);
    throw new BackendError("permission_denied", `${path} belongs to another user: ${advice}`, {
      outcome: "none",
      cause: error,
    });
  }
}

/** Writes the file of a new store, durably. */
export async function writeMeta(tree: DurableTree, { faceName }: StoreMeta): Promise<void> {
  const content = { format_version: formatVersion, face_name: faceName };
  const bytes = new TextEncoder().encode(`${JSON.stringify(content, null, 2)}\n`);
  const temporary = `${metaFile}.tmp`; // not in _tmp: before there is a _meta.json, that may be anybody's
  if (await tree.hasFile(temporary)) await tree.removeFiles([temporary]);
  await tree.createFiles([{ path: temporary, bytes, purpose: metaFile }]);
  await tree.moveFile(temporary, metaFile);
}

function parseMeta(bytes: Uint8Array, path: string): StoreMeta {
  let meta: unknown;
  try {
    meta = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (error) {
    throw damaged(path, "it is not JSON", error);
  }
  if (typeof meta !== "object" || meta === null) throw damaged(path, "it is not a JSON object");
  const version = "format_version" in meta ? meta.format_version : undefined;
  if (!Number.isSafeInteger(version)) throw damaged(path, "it has no integer format_version");
  if (version !== formatVersion) {
    const versions = `format version ${String(version)}; this release reads ${formatVersion}`;
    throw new BackendError("unsupported", `${path} says ${versions}`);
  }
  const faceName = "face_name" in meta ? meta.face_name : undefined;
  if (typeof faceName !== "string") throw damaged(path, "it has no face_name");
  return { faceName };
}

function damaged(path: string, reason: string, cause?: unknown): BackendError {
  return new BackendError("corrupt", `${path} is damaged: ${reason}`, { cause });
}
