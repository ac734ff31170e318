/** What was found in a tree, as a driver gives it to core: entries, and damage with all that its place tells. */

import { join } from "node:path";
import { type DamagedEntry, type LoadedStore, referenceKey, type ResourceRef } from "@engenho/sdk";
import { isPlaceOf, knownBelow, knownReference, mayHold, possiblePaths } from "./layout.ts";
import type { FoundFile, FoundProblem, FoundTree } from "./load-tree.ts";

/** @param root For messages. */
export function foundEntries(root: string, found: FoundTree): LoadedStore {
  const { single, doubled } = separateDoubles(found.files);
  return {
    entries: single,
    damaged: [
      ...found.damaged.map((problem) => damagedFile(root, problem)),
      ...found.unreadable.map((problem) => unreadableDirectory(root, problem)),
      ...doubled.map((files) => doubledEntry(root, files)),
    ],
  };
}

/** Whether a reference may lie below a directory. */
export function liesIn(ref: ResourceRef, directory: string): boolean {
  return possiblePaths(ref).some((path) => path.startsWith(`${directory}/`));
}

/** A file that cannot be read as a resource. */
export function damagedFile(root: string, { path, reason }: FoundProblem): DamagedEntry {
  return {
    where: join(root, path),
    reason,
    known: knownReference(path),
    mayBe: (ref) => mayHold(path, ref),
    isPlaceOf: (ref) => isPlaceOf(path, ref),
  };
}

function unreadableDirectory(root: string, { path, reason }: FoundProblem): DamagedEntry {
  return {
    where: join(root, path),
    reason,
    known: knownBelow(path),
    mayBe: (ref) => liesIn(ref, path),
  };
}

function doubledEntry(root: string, files: readonly FoundFile[]): DamagedEntry {
  const { kind, name, namespace = null } = (files[0] as FoundFile).ref;
  return {
    where: files.map(({ path }) => join(root, path)).join(" and "),
    reason: "several files hold this resource",
    known: { kind, name, namespace },
  };
}

/** Files by whether others hold the same. One of those is a stray: nothing else has the place of a reference. */
function separateDoubles(files: readonly FoundFile[]): {
  readonly single: readonly FoundFile[];
  readonly doubled: readonly (readonly FoundFile[])[];
} {
  const strays = new Set<string>();
  for (const { isStray, ref } of files) if (isStray) strays.add(referenceKey(ref));
  if (strays.size === 0) return { single: files, doubled: [] };
  const holders = Map.groupBy(files, ({ ref }) => {
    const key = referenceKey(ref);
    return strays.has(key) ? key : undefined;
  });
  const single = [...(holders.get(undefined) ?? [])];
  holders.delete(undefined);
  const doubled: FoundFile[][] = [];
  for (const group of holders.values()) {
    if (group.length === 1) single.push(...group);
    else doubled.push(group.sort((a, b) => (a.path < b.path ? -1 : 1)));
  }
  return { single, doubled };
}
