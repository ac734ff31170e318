/** Looks what a path holds now, following no symbolic link on the way. */

import { lstat } from "node:fs/promises";
import { posix } from "node:path";
import { checkReference, decodeEnvelope } from "@engenho/sdk";
import type { DurableTree } from "../durable-tree.ts";
import { modifiedOf } from "../file-operations.ts";
import { errnoOf } from "../errno.ts";
import { fsError, isExhaustion } from "../fs-error.ts";
import { maxFileBytes } from "../load-tree.ts";
import { readRegularFile } from "../read-regular-file.ts";
import type { FileStamp, Sight } from "./known-files.ts";

/**
 * What is there, `as-known` if its stamp says so, undefined if there is no file.
 *
 * @throws The operating system's error where it says nothing of the file.
 */
export async function lookAtFile(
  tree: DurableTree,
  path: string,
  isAsKnown: (stamp: FileStamp) => boolean,
): Promise<Sight | "as-known" | undefined> {
  let stamp: FileStamp = { modified: 0, size: 0 };
  try {
    if (!(await tree.hasDirectory(posix.dirname(path)))) return undefined;
    const found = await lstat(tree.absolute(path), { bigint: true });
    if (!found.isFile()) return undefined;
    stamp = { modified: modifiedOf(found), size: Number(found.size) };
    if (isAsKnown(stamp)) return "as-known";
    const { bytes: envelope, modified } = await readRegularFile(tree.absolute(path), maxFileBytes);
    stamp = { modified, size: envelope.length };
    const ref = checkReference(decodeEnvelope(envelope).ref);
    return { type: "resource", ref, envelope, ...stamp };
  } catch (error) {
    if (isExhaustion(error)) throw error;
    // A symbolic link, or something else, in place of a file or of a directory above it.
    if (["ENOENT", "ELOOP", "ENOTDIR"].includes(errnoOf(error) ?? "")) return undefined;
    const failure = fsError(error, "read it");
    // Right below the root no layout ever put a resource: what is there is ours only if it proves so.
    if (failure.code === "conflict" || !path.includes("/")) return undefined;
    return { type: "damage", reason: failure.reason, ...stamp };
  }
}
