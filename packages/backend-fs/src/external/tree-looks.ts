/** Looks at files when something may have happened to them, and says what has, never behind a write of ours. */

import { lstat } from "node:fs/promises";
import type { StoreChange } from "@engenho/sdk";
import type { DurableTree } from "../durable-tree.ts";
import { forEachLimited } from "../for-each-limited.ts";
import { mayBeResource, pathIn, walkTree } from "../load-tree.ts";
import type { KnownFiles, Sight } from "./known-files.ts";
import { lookAtFile } from "./look-at-file.ts";
import { TreeWatcher } from "./tree-watcher.ts";

/** Changes come in bursts: a look waits this long for more, in milliseconds. */
const gatherMs = 20;
/** What cannot be read may be half written: it is damaged once it has stayed as it is for this long. */
const settleMs = 200;
const looksAtOnce = 16;

/** What a look has shown; `lost`: only loading everything can tell. */
export type LookReport =
  | { readonly type: "changes"; readonly changes: readonly StoreChange[] }
  | { readonly type: "lost"; readonly reason: string };

/** Looks one after another, each at all that is to be looked at. */
export class TreeLooks {
  readonly #tree: DurableTree;
  readonly #known: KnownFiles;
  readonly #rescanMs: number;
  readonly #report: (report: LookReport) => void;
  readonly #watcher: TreeWatcher;
  /** Paths to look at. */
  readonly #dirty = new Set<string>();
  /** Own writes under way, by path. */
  readonly #busy = new Map<string, number>();
  /** What was written while somebody looked: what was seen of it is void. */
  readonly #written = new Set<string>();
  /** Paths at which damage was seen, and its stamp. */
  readonly #suspects = new Map<string, string>();
  /** Looks made under an earlier number are void. */
  #epoch = 0;
  #holds = 0;
  #isStopped = true;
  #rescanIsDue = false;
  #rescans = 0;
  #lastError: string | null = null;
  #work: Promise<void> = Promise.resolve();
  #lookTimer: ReturnType<typeof setTimeout> | undefined;
  #rescanTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    tree: DurableTree,
    known: KnownFiles,
    rescanMs: number,
    report: (report: LookReport) => void,
  ) {
    this.#tree = tree;
    this.#known = known;
    this.#rescanMs = rescanMs;
    this.#report = report;
    this.#watcher = new TreeWatcher(tree.root, {
      onChange: (path) => void this.#hear(path),
      onDoubt: () => this.#soon(true),
    });
  }

  /** For diagnostics. */
  get status(): Readonly<Record<string, unknown>> {
    const { directories, lastError } = this.#watcher.status;
    return {
      watched: directories,
      rescans: this.#rescans,
      lastError: this.#lastError ?? lastError,
    };
  }

  /** Watches the tree, and looks at everything once: what happened since it was read is found. */
  async begin(): Promise<void> {
    this.#isStopped = false;
    this.#rescanIsDue = true;
    await this.#next();
  }

  /** Looks no more until it begins again. */
  stop(): void {
    this.#isStopped = true;
    this.#epoch++;
    clearTimeout(this.#lookTimer);
    clearTimeout(this.#rescanTimer);
    this.#lookTimer = undefined;
  }

  async close(): Promise<void> {
    this.stop();
    await this.#work;
    this.#watcher.close();
  }

  /** Makes no look, and voids the present one, until the function that it returns is called. */
  hold(): () => void {
    if (this.#holds++ === 0) this.#written.clear();
    this.#epoch++;
    return () => {
      for (const path of this.#written) {
        this.#known.doubt(path);
        this.#dirty.add(path);
      }
      this.#holds--;
      this.#soon(true);
    };
  }

  /** Says that these paths are written by this store, until the function that it returns is called. */
  writing(paths: ReadonlySet<string>): () => void {
    for (const path of paths) {
      this.#busy.set(path, (this.#busy.get(path) ?? 0) + 1);
      this.#written.add(path);
    }
    return () => {
      for (const path of paths) {
        const others = (this.#busy.get(path) ?? 1) - 1;
        if (others === 0) this.#busy.delete(path);
        else this.#busy.set(path, others);
        this.#written.add(path);
        this.#dirty.add(path);
      }
      this.#soon();
    };
  }

  async #hear(path: string): Promise<void> {
    if (this.#watcher.has(path)) {
      this.#watcher.forget(path); // another one may have its name now
      this.#soon(true);
    } else if (mayBeResource(path)) {
      this.#dirty.add(path);
      this.#soon();
    } else if (await this.#isDirectory(path)) this.#soon(true);
  }

  async #isDirectory(path: string): Promise<boolean> {
    const found = await lstat(this.#tree.absolute(path)).catch(() => undefined);
    return found?.isDirectory() === true;
  }

  #soon(withRescan = false): void {
    this.#rescanIsDue ||= withRescan;
    if (this.#isStopped || this.#holds > 0) return;
    this.#lookTimer ??= setTimeout(() => void this.#next(), gatherMs).unref();
  }

  #next(): Promise<void> {
    clearTimeout(this.#lookTimer);
    this.#lookTimer = undefined;
    this.#work = this.#work.then(() => this.#look());
    return this.#work;
  }

  /** Never rejects: what goes wrong is tried again. */
  async #look(): Promise<void> {
    if (this.#isStopped || this.#holds > 0) return;
    const epoch = this.#epoch;
    this.#written.clear();
    let paths: readonly string[] = [];
    try {
      if (this.#rescanIsDue) await this.#rescan();
      paths = [...this.#dirty].filter((path) => !this.#busy.has(path));
      for (const path of paths) this.#dirty.delete(path);
      const sights = new Map<string, Sight | undefined>();
      await forEachLimited(paths, looksAtOnce, async (path) => {
        const seen = await lookAtFile(this.#tree, path, (stamp) =>
          this.#known.isAsKnown(path, stamp),
        );
        if (seen !== "as-known") sights.set(path, seen);
      });
      if (epoch === this.#epoch) this.#judge(sights);
      else for (const path of paths) this.#dirty.add(path);
    } catch (error) {
      this.#lastError = error instanceof Error ? error.message : String(error);
      for (const path of paths) this.#dirty.add(path);
    }
  }

  /** In one go, so that nothing comes between what is known and what is told. */
  #judge(sights: ReadonlyMap<string, Sight | undefined>): void {
    const changes: StoreChange[] = [];
    for (const [path, sight] of sights) {
      if (this.#written.has(path)) {
        this.#dirty.add(path);
        this.#soon();
      } else if (this.#hasSettled(path, sight)) {
        const follows = this.#known.take(path, sight);
        if (follows === undefined) {
          const reason = `${this.#tree.absolute(path)} was changed in a way that concerns other files`;
          return this.#report({ type: "lost", reason });
        }
        changes.push(...follows);
      }
    }
    if (changes.length > 0) this.#report({ type: "changes", changes });
  }

  #hasSettled(path: string, sight: Sight | undefined): boolean {
    if (sight?.type !== "damage") {
      this.#suspects.delete(path);
      return true;
    }
    const stamp = `${sight.modified} ${sight.size}`;
    if (this.#suspects.get(path) === stamp) return true;
    this.#suspects.set(path, stamp);
    setTimeout(() => {
      this.#dirty.add(path);
      this.#soon();
    }, settleMs).unref();
    return false;
  }

  async #rescan(): Promise<void> {
    this.#rescanIsDue = false;
    clearTimeout(this.#rescanTimer);
    this.#rescanTimer = setTimeout(() => this.#soon(true), this.#rescanMs).unref();
    let known = -1;
    let walk = await walkTree(this.#tree.root, this.#tree.reader);
    // What is made in a directory before it is watched would not be heard of.
    while (known < walk.directories.length) {
      known = walk.directories.length;
      this.#watcher.follow(new Set(["", ...walk.directories]));
      walk = await walkTree(this.#tree.root, this.#tree.reader);
    }
    for (const { directory, names } of walk.envelopes) {
      for (const name of names) this.#dirty.add(pathIn(directory, name));
    }
    for (const path of this.#known.paths()) this.#dirty.add(path);
    this.#rescans++;
  }
}
