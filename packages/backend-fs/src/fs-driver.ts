/** A directory as a store: one file per resource, written durably, found again by what its envelope says. */

import { join, posix } from "node:path";
import {
  BackendError,
  checkReference,
  decodeEnvelope,
  type Driver,
  type LoadedEntry,
  type LoadedStore,
  type ResourceRef,
  type Revision,
  type StoredEntry,
} from "@engenho/sdk";
import type { Change } from "./commit/commit-batch.ts";
import { Confirmations } from "./commit/confirmations.ts";
import type { CommitStatistics } from "./commit/group-commit.ts";
import type { DurableTree } from "./durable-tree.ts";
import type { PlatformFindings } from "./evidence/examine-platform.ts";
import { foundEntries, liesIn } from "./found-entries.ts";
import { forEachLimited } from "./for-each-limited.ts";
import { errnoOf } from "./errno.ts";
import { fsError, unlessMissing } from "./fs-error.ts";
import { Journal, type JournalStatistics } from "./journal/journal.ts";
import { storePath } from "./layout.ts";
import {
  type FoundProblem,
  type FoundTree,
  loadTree,
  maxFileBytes,
  type SkippedFiles,
} from "./load-tree.ts";
import type { StoreMeta } from "./meta-file.ts";
import type { OpenProgress } from "./open-report.ts";
import type { FileContent } from "./read-regular-file.ts";
import { replaceTree } from "./restore-intent.ts";
import { RevisionClock, revisionOf, timeOf } from "./revision-clock.ts";
import type { RootLock } from "./root-lock.ts";
import { StoreIndex } from "./store-index.ts";

const directoriesAtOnce = 16;

/** What it has at hand: a root that is locked and carries its `_meta.json`. */
export interface FsDriverParts {
  readonly tree: DurableTree;
  readonly lock: RootLock;
  readonly meta: StoreMeta;
  readonly platform: PlatformFindings;
  /** Whether writes are acknowledged by a journal. Default: no. */
  readonly hasJournal?: boolean;
  /** Told how far `load` is. */
  readonly onProgress?: (progress: OpenProgress) => void;
}

/** What `diagnostics()` has beside what every backend says. */
export interface FsDiagnostics extends Readonly<Record<string, unknown>> {
  /** The directory, its links followed. */
  readonly root: string;
  /** As `_meta.json` has it. */
  readonly faceName: string;
  /** What was left alone: foreign files, symbolic links. */
  readonly skipped: SkippedFiles;
  /** What was committed since the root was opened; with a journal, to that. */
  readonly commits: CommitStatistics;
  /** How far the files are behind the journal; null without one. */
  readonly journal: JournalStatistics | null;
  /** What the directory does and what the store made of it. */
  readonly platform: PlatformFindings;
}

/** Never writes for two handles: the lock is held from before the first read until close. */
export class FsDriver implements Driver {
  readonly #tree: DurableTree;
  readonly #lock: RootLock;
  readonly #meta: StoreMeta;
  readonly #platform: PlatformFindings;
  readonly #onProgress: FsDriverParts["onProgress"];
  readonly #clock: RevisionClock;
  readonly #journal: Journal | undefined;
  /** Which files hold what; whoever else learns of changes keeps it up to date. */
  readonly index: StoreIndex = new StoreIndex();
  readonly #confirmations: Confirmations;
  readonly #underway = new Set<Promise<void>>();
  /** Each waits for the batch before it, and then shares one with all that wait. */
  readonly maxConcurrentWrites = 1_024;
  /** Whether the directories were fsynced that were there at the first load. */
  #isListed = false;
  #unreadable: readonly FoundProblem[] = [];
  #skipped: SkippedFiles = { count: 0, items: [] };

  constructor(parts: FsDriverParts) {
    const { tree, lock, meta, platform, onProgress, hasJournal = false } = parts;
    this.#tree = tree;
    this.#lock = lock;
    this.#meta = meta;
    this.#platform = platform;
    this.#onProgress = onProgress;
    this.#journal = hasJournal ? new Journal(tree) : undefined;
    this.#confirmations = new Confirmations(tree);
    this.#clock = new RevisionClock(tree);
    this.#clock.reserved(meta.modified ?? 0);
  }

  async load(): Promise<LoadedStore> {
    return (await this.loadFound()).store;
  }

  /** What core loads, and the files that it was made of. */
  async loadFound(): Promise<{ readonly store: LoadedStore; readonly found: FoundTree }> {
    await this.#journal?.drain();
    const { root, reader } = this.#tree;
    const index = new StoreIndex();
    const found = await loadTree(root, reader, maxFileBytes, {
      onListed: (directories) => this.#syncListed(directories),
      onProgress: this.#onProgress,
      onFile: ({ path, ref, modified }) => {
        index.setFound(path, ref);
        this.#clock.passed(modified);
      },
    });
    for (const { path } of found.damaged) index.setDamaged(path);
    this.#unreadable = found.unreadable;
    this.#skipped = found.skipped;
    this.index.takeOver(index);
    return { store: foundEntries(this.#tree.root, found), found };
  }

  async read(ref: ResourceRef): Promise<LoadedEntry | undefined> {
    await this.#journal?.drain();
    const found: LoadedEntry[] = [];
    for (const path of new Set([storePath(ref), ...this.index.pathsOf(ref)])) {
      if (this.index.holdsAnother(path, ref)) continue;
      const file = await this.#readFile(path);
      if (file === undefined) continue;
      const { bytes: envelope, modified } = file;
      this.#clock.passed(modified);
      const at = checkReference(decodeEnvelope(envelope).ref);
      found.push({ ref: at, envelope, revision: revisionOf(modified, envelope) });
    }
    if (found.length > 1)
      throw new BackendError("corrupt", "several files hold this resource", { ref });
    return found[0];
  }

  mintRevision(envelope: Uint8Array): Revision {
    return revisionOf(this.#clock.next(), envelope);
  }

  put(entry: StoredEntry): Promise<void> {
    return this.#tracked(this.#put(entry));
  }

  remove(ref: ResourceRef): Promise<void> {
    return this.#tracked(this.#remove(ref));
  }

  confirm(entry: StoredEntry): Promise<void> {
    return this.#tracked(this.#confirm(entry));
  }

  replaceAll(entries: readonly StoredEntry[]): Promise<void> {
    return this.#tracked(this.#replaceAll(entries));
  }

  /** Keeps the lock for as long as a write that nobody waits for any more can still touch the tree. */
  async close(): Promise<void> {
    if (this.#underway.size === 0) await this.#leave();
    else void Promise.allSettled(this.#underway).then(() => this.#leave());
  }

  async #leave(): Promise<void> {
    await this.#journal?.close();
    await this.#clock.close();
    await this.#tree.leave();
    await this.#lock.release();
  }

  diagnostics(): FsDiagnostics {
    return {
      root: this.#tree.root,
      faceName: this.#meta.faceName,
      skipped: this.#skipped,
      platform: this.#platform,
      commits: { ...this.#tree.statistics, ...this.#journal?.commits },
      journal: this.#journal?.statistics ?? null,
    };
  }

  #tracked(write: Promise<void>): Promise<void> {
    const end = (): void => void this.#underway.delete(write);
    this.#underway.add(write);
    write.then(end, end);
    return write;
  }

  async #put(entry: StoredEntry): Promise<void> {
    this.#refuseUnreadable([entry.ref]);
    const moment = timeOf(entry.revision);
    if (!this.#clock.isSecure(moment)) await this.#clock.secure(moment);
    await this.#write(entry, moment);
  }

  /** @param modified The moment of its revision. */
  async #write({ ref, envelope }: StoredEntry, modified: number): Promise<void> {
    const target = storePath(ref);
    const others = this.index.isTidy ? [] : await this.#makeWay(ref, target);
    try {
      await this.#commit({ put: { path: target, bytes: envelope, modified }, removes: others });
    } catch (error) {
      // It may be there: then it is ours, to be read again and to be removed by a restore.
      if (!BackendError.is(error) || error.outcome !== "none") this.index.setFound(target, ref);
      throw error;
    }
    this.index.set(target);
    for (const path of others) this.index.delete(path);
  }

  /** What takes more than one file is no record of the journal: it is done as without one, after all that is there. */
  #commit(change: Change): Promise<void> {
    const files = change.removes.length + (change.put === undefined ? 0 : 1);
    if (this.#journal === undefined) return this.#tree.commit(change);
    if (files === 1) return this.#journal.commit(change);
    return this.#journal.drain().then(() => this.#tree.commit(change));
  }

  /** Has a place free for its resource. Gives the other files that hold it, to be removed once it is there. */
  async #makeWay(ref: ResourceRef, target: string): Promise<readonly string[]> {
    if (this.index.holdsAnother(target, ref)) {
      const path = this.#tree.absolute(target);
      throw new BackendError(
        "conflict",
        `${path} holds another resource; apply that one first, which moves it`,
      );
    }
    await this.#bringHome(ref, target);
    return this.index.pathsOf(ref).filter((path) => path !== target);
  }

  /**
   * Moves a file that alone holds a reference, elsewhere than this release would put it, to its place:
   * with a new file written beside it, the two would contradict each other after a crash.
   */
  async #bringHome(ref: ResourceRef, target: string): Promise<void> {
    const [stray, ...more] = this.index.pathsOf(ref);
    if (stray === undefined || stray === target || more.length > 0) return;
    await this.#journal?.drain();
    if (!this.index.holds(stray, ref) || !(await this.#tree.hasFile(stray))) return;
    await this.#tree.moveFile(stray, target);
    this.index.delete(stray);
    this.index.setFound(target, ref);
  }

  async #remove(ref: ResourceRef): Promise<void> {
    this.#refuseUnreadable([ref]);
    const target = storePath(ref);
    const paths = new Set(this.index.pathsOf(ref));
    if (!this.index.holdsAnother(target, ref)) paths.add(target);
    await this.#commit({ removes: [...paths] });
    for (const path of paths) this.index.delete(path);
  }

  /**
   * What an earlier opening has renamed or removed may not be durable: it must not come undone once it was served. Of what
   * others do later each write finds out by itself.
   */
  async #syncListed(directories: Iterable<string>): Promise<void> {
    if (this.#isListed) return;
    await forEachLimited(directories, directoriesAtOnce, async (directory) => {
      try {
        await this.#tree.syncDirectories([directory]);
      } catch (error) {
        if (!BackendError.is(error) || !hasGone(error.cause)) throw error;
      }
    });
    this.#isListed = true;
  }

  async #confirm(entry: StoredEntry): Promise<void> {
    if (!this.#tree.syncs) return;
    const { ref } = entry;
    for (const path of this.index.pathsOf(ref)) {
      if (!this.index.isFound(path)) continue;
      // Noted before: what somebody else puts there meanwhile is found anew.
      this.index.confirm(path);
      try {
        await this.#confirmations.add(path);
      } catch (error) {
        if (this.index.holds(path, ref)) this.index.setFound(path, ref);
        if (!BackendError.is(error) || errnoOf(error.cause) !== "ENOENT") throw error;
        // Others have removed it. Its time was not minted here, and is not ours to reserve.
        return this.#write(entry, timeOf(entry.revision));
      }
    }
  }

  async #replaceAll(entries: readonly StoredEntry[]): Promise<void> {
    await this.#journal?.drain();
    const [unreadable] = this.#unreadable;
    if (unreadable !== undefined) throw this.#unreadableError(unreadable);
    const files = entries.map(({ ref, envelope, revision }) => ({
      ref,
      path: storePath(ref),
      bytes: envelope,
      modified: timeOf(revision),
    }));
    await this.#clock.secure(files.reduce((last, { modified }) => Math.max(last, modified), 0));
    await replaceTree(this.#tree, files, this.index.paths());
    this.index.clear();
    for (const { path } of files) this.index.set(path);
  }

  async #readFile(path: string): Promise<FileContent | undefined> {
    const absolute = this.#tree.absolute(path);
    if (!(await this.#tree.hasDirectory(posix.dirname(path)))) return undefined;
    try {
      return await unlessMissing(this.#tree.readFile(path, maxFileBytes));
    } catch (error) {
      throw fsError(error, `read ${absolute}`);
    }
  }

  #refuseUnreadable(refs: readonly ResourceRef[]): void {
    const blocking = this.#unreadable.find(({ path }) => refs.some((ref) => liesIn(ref, path)));
    if (blocking !== undefined) throw this.#unreadableError(blocking);
  }

  #unreadableError({ path, reason }: FoundProblem): BackendError {
    const advice = "make it readable and open the store anew";
    return new BackendError(
      "permission_denied",
      `${join(this.#tree.root, path)}: ${reason}; ${advice}`,
    );
  }
}

/** Whether a directory that was listed is there no more, or is not ours to open any more. */
function hasGone(error: unknown): boolean {
  return ["ENOENT", "ENOTDIR", "ELOOP", "EACCES", "EPERM"].includes(errnoOf(error) ?? "");
}
