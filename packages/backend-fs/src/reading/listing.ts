/** What a directory has, as data: it crosses threads. */

import type { Dirent } from "node:fs";

/** The names in a directory by what they stand for, in no order. */
export interface Listing {
  readonly directories: readonly string[];
  readonly files: readonly string[];
  readonly links: readonly string[];
  readonly others: readonly string[];
}

/** Sorts out what `readdir` gives with types. */
export function listingOf(entries: readonly Dirent[]): Listing {
  const directories: string[] = [];
  const files: string[] = [];
  const links: string[] = [];
  const others: string[] = [];
  for (const entry of entries) {
    if (entry.isFile()) files.push(entry.name);
    else if (entry.isDirectory()) directories.push(entry.name);
    else if (entry.isSymbolicLink()) links.push(entry.name);
    else others.push(entry.name);
  }
  return { directories, files, links, others };
}
