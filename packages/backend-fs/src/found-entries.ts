/** What was found in a tree, as a driver gives it to core: entries, and damage with all that its place tells. */

import { join } from "node:path";
import { type DamagedEntry, type LoadedStore, referenceKey, type ResourceRef } from "@engenho/sdk";
import { isPlaceOf, knownReference, mayHold, possiblePaths } from "./layout.ts";
import { revisionOf } from "./revision-clock.ts";
import type { FoundFile, FoundProblem, FoundTree } from "./load-tree.ts";

/** @param root For messages. */
export function foundEntries(root: string, found: FoundTree): LoadedStore {
  const { single, doubled } = separateDoubles(found.files);
  return {
    entries: single.map(({ ref, envelope, modified }) => ({
      ref,
      envelope,
      revision: revisionOf(modified, envelope),
    })),
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
  return { where: join(root, path), reason, known: {}, mayBe: (ref) => liesIn(ref, path) };
}

function doubledEntry(root: string, files: readonly FoundFile[]): DamagedEntry {
  const { kind, name, namespace = null } = (files[0] as FoundFile).ref;
  return {
    where: files.map(({ path }) => join(root, path)).join(" and "),
    reason: "several files hold this resource",
    known: { kind, name, namespace },
  };
}

/** Files by reference: those alone with theirs, and those that are not. */
function separateDoubles(files: readonly FoundFile[]): {
  readonly single: readonly FoundFile[];
  readonly doubled: readonly (readonly FoundFile[])[];
} {
  const byReference = Map.groupBy(files, ({ ref }) => referenceKey(ref));
  const groups = [...byReference.values()];
  return {
    single: groups.filter((group) => group.length === 1).flat(),
    doubled: groups.filter((group) => group.length > 1),
  };
}
