/** The files of a store's root as data. */

import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { loadBytes, type StoredBytes, storeBytes } from "./stored-bytes.ts";

/** Paths relative to the root, with `/`, and what the files hold. */
export type FileTree = Readonly<Record<string, StoredBytes>>;

/** Reads every file below a directory but `_lock`, which holds a process number. */
export function readTree(root: string): FileTree {
  const files = readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1))
    .filter((path) => path !== "_lock")
    .toSorted();
  return Object.fromEntries(
    files.map((path) => [path, storeBytes(readFileSync(join(root, path)))]),
  );
}

/** Writes the files below a directory. */
export function writeTree(root: string, tree: FileTree): void {
  mkdirSync(root, { recursive: true });
  for (const [path, stored] of Object.entries(tree)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), loadBytes(stored));
  }
}
