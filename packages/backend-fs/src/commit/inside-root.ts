/** Looks at places below a root before they are used, so that no symbolic link leads out of it. */

import { posix } from "node:path";
import type { FileOperations, FoundKind } from "../file-operations.ts";
import { treeError, TreeError } from "./tree-problem.ts";

/** A root and what it is reached with. Paths below it are relative, with `/`. */
export interface Place {
  /** Absolute, and no symbolic link. */
  readonly root: string;
  readonly operations: FileOperations;
}

/** Where a path lies for the system, and for messages. */
export function absolute({ root }: Place, path: string): string {
  return path === "." ? root : `${root === "/" ? "" : root}/${path}`;
}

/** Whether a directory is there; a conflict if it or one that it lies in is anything else. */
export async function hasDirectory(place: Place, directory: string): Promise<boolean> {
  if (directory === ".") return true;
  if (!(await hasDirectory(place, posix.dirname(directory)))) return false;
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
