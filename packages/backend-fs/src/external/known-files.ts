/** What is known of the files that hold resources, and what follows when one of them is found otherwise. */

import { join } from "node:path";
import { referenceKey, type ResourceRef, type StoreChange } from "@engenho/sdk";
import { damagedFile } from "../found-entries.ts";
import { isPlaceOf, mayHold } from "../layout.ts";
import type { FoundTree } from "../load-tree.ts";
import { revisionOf } from "../revision-clock.ts";
import type { StoreIndex } from "../store-index.ts";

/** What tells one content of a file from the next. */
export interface FileStamp {
  /** In microseconds. */
  readonly modified: number;
  readonly size: number;
}

/** A file as it was found. */
export type Sight = FileStamp &
  (
    | { readonly type: "resource"; readonly ref: ResourceRef; readonly envelope: Uint8Array }
    | { readonly type: "damage"; readonly reason: string }
  );

interface KnownFile extends FileStamp {
  /** Undefined: it is damaged. */
  readonly ref: ResourceRef | undefined;
}

/** The changes that follow; undefined where only loading everything can tell. */
type Changes = readonly StoreChange[] | undefined;

/** Files by path, in step with the driver's index. */
export class KnownFiles {
  readonly #root: string;
  readonly #index: StoreIndex;
  readonly #files = new Map<string, KnownFile>();

  constructor(root: string, index: StoreIndex) {
    this.#root = root;
    this.#index = index;
  }

  paths(): Iterable<string> {
    return this.#files.keys();
  }

  /** Takes over a whole tree, whose index is made already. */
  replaceAll({ files, damaged }: FoundTree): void {
    this.#files.clear();
    for (const { path, ref, modified, envelope } of files) {
      this.set(path, ref, { modified, size: envelope.length });
    }
    for (const { path } of damaged) this.#files.set(path, { ref: undefined, ...unknownStamp });
  }

  /** Notes what this store wrote itself. */
  set(path: string, ref: ResourceRef, { modified, size }: FileStamp): void {
    this.#files.set(path, { ref, modified, size });
  }

  delete(path: string): void {
    this.#files.delete(path);
  }

  clear(): void {
    this.#files.clear();
  }

  /** What all files hold, damaged ones aside. */
  references(): readonly ResourceRef[] {
    return [...this.#files.values()].flatMap(({ ref }) => (ref === undefined ? [] : [ref]));
  }

  /** Where the damaged files are, as damage says it. */
  damagedPlaces(): readonly string[] {
    return [...this.#files].flatMap(([path, { ref }]) =>
      ref === undefined ? [join(this.#root, path)] : [],
    );
  }

  /** Forgets what a file looked like: it will be read again. */
  doubt(path: string): void {
    const file = this.#files.get(path);
    if (file !== undefined) this.#files.set(path, { ref: file.ref, ...unknownStamp });
  }

  /** Whether a file is as it is known. */
  isAsKnown(path: string, { modified, size }: FileStamp): boolean {
    const file = this.#files.get(path);
    return file !== undefined && file.modified === modified && file.size === size;
  }

  /** Takes over what a path was found to hold: undefined is nothing. */
  take(path: string, sight: Sight | undefined): Changes {
    const before = this.#files.get(path);
    if (before === undefined && sight === undefined) return [];
    this.#files.delete(path);
    this.#index.delete(path);
    if (sight === undefined) return this.#gone(before);
    if (sight.type === "damage") return this.#damaged(path, before, sight);
    return this.#holds(path, before, sight);
  }

  #gone(before: KnownFile | undefined): Changes {
    // Of a damaged file nobody knows what was in it.
    if (before?.ref === undefined || this.#index.pathsOf(before.ref).length > 0) return undefined;
    return [{ type: "remove", ref: before.ref }];
  }

  #damaged(
    path: string,
    before: KnownFile | undefined,
    { modified, size, reason }: Sight & { readonly type: "damage" },
  ): Changes {
    this.#files.set(path, { ref: undefined, modified, size });
    this.#index.setDamaged(path);
    if (before?.ref !== undefined && !mayHold(path, before.ref)) return undefined;
    return [{ type: "damage", damaged: damagedFile(this.#root, { path, reason }) }];
  }

  #holds(
    path: string,
    before: KnownFile | undefined,
    { ref, envelope, modified, size }: Sight & { readonly type: "resource" },
  ): Changes {
    const isElsewhere = this.#index.pathsOf(ref).length > 0;
    this.set(path, ref, { modified, size });
    this.#index.setFound(path, ref);
    if (isElsewhere) return undefined;
    const revision = revisionOf(modified, envelope);
    const put: StoreChange = { type: "put", entry: { ref, envelope, revision } };
    if (before === undefined) return [put];
    if (before.ref === undefined) return isPlaceOf(path, ref) ? [put] : undefined;
    if (referenceKey(before.ref) === referenceKey(ref)) return [put];
    if (this.#index.pathsOf(before.ref).length > 0) return undefined;
    return [{ type: "remove", ref: before.ref }, put];
  }
}

const unknownStamp: FileStamp = { modified: -1, size: -1 };
