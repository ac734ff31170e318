/** Looks at places below a root before they are used, so that no symbolic link leads out of it. */

import { posix } from "node:path";
import type { FileOperations, FoundKind } from "../file-operations.ts";
import { treeError, TreeError, type TreeProblem } from "./tree-problem.ts";

/** A root and what it is reached with. Paths below it are relative, with `/`. */
export interface Place {
  /** Absolute, and no symbolic link. */
  readonly root: string;
  readonly operations: FileOperations;
  /** Where this is another file, the root is another too. Default: nobody looks. */
  readonly landmark?: Landmark | undefined;
}

/** A file that a root is known by, as long as somebody has it open. */
export interface Landmark {
  readonly path: string;
  /** As {@link FileOperations.identify} tells. */
  readonly identity: string | undefined;
}

/**
 * The problem if the root is not the one any more that was opened: it was moved away or removed, and what is
 * there now may be another handle's.
 */
export async function lostRoot(place: Place): Promise<TreeProblem | undefined> {
  const { root, operations, landmark } = place;
  if (landmark === undefined) return undefined;
  const name = absolute(place, landmark.path);
  const found = await operations.identify(name).catch((error: unknown) => {
    throw treeError(error, `look at ${name}`);
  });
  if (found !== undefined && found === landmark.identity) return undefined;
  const sentence = `the root ${root} is gone: ${landmark.path} was removed or replaced while it was open`;
  return { action: `use ${root}`, message: sentence, outcome: "none", conflict: sentence };
}

/** Where a path lies for the system, and for messages. */
export function absolute({ root }: Pick<Place, "root">, path: string): string {
  return path === "." ? root : `${root === "/" ? "" : root}/${path}`;
}

/** Whether a directory is there; a conflict if it or one that it lies in is anything else. */
export async function hasDirectory(place: Place, directory: string): Promise<boolean> {
  if (directory === ".") return true;
  if (!(await hasDirectory(place, posix.dirname(directory)))) return false;
  return isDirectory(place, directory);
}

/** The same where it lies in one that was looked at. */
export function isDirectory(place: Place, directory: string): Promise<boolean> {
  return isThere(place, directory, "a directory");
}

/** Whether a file is there, its directory given; a conflict if it is anything but a regular file. */
export function hasFile(place: Place, path: string): Promise<boolean> {
  return isThere(place, path, "a file");
}

async function isThere(place: Place, path: string, expected: FoundKind): Promise<boolean> {
  const name = absolute(place, path);
  let found: FoundKind | undefined;
  try {
    found = await place.operations.look(name);
  } catch (error) {
    throw treeError(error, `look at ${name}`);
  }
  if (found === undefined || found === expected) return found === expected;
  const conflict = `${name} is ${found} where ${expected} of the store belongs`;
  throw new TreeError({ action: `use ${name}`, message: conflict, outcome: "none", conflict });
}
