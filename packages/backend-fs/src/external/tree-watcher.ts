/** Hears of changes in directories of a tree from the kernel (inotify), as far as it tells. */

import { type FSWatcher, watch } from "node:fs";
import { join } from "node:path";

/** Whom it tells. */
export interface TreeListener {
  /** Something of this name was made, changed, moved or removed. */
  readonly onChange: (path: string) => void;
  /** Something happened in a directory, or to it, and there is no saying what. */
  readonly onDoubt: () => void;
}

/** Watches single directories: the recursive watch of Node would watch every file. */
export class TreeWatcher {
  readonly #root: string;
  readonly #listener: TreeListener;
  readonly #watchers = new Map<string, FSWatcher>();
  #lastError: string | null = null;

  constructor(root: string, listener: TreeListener) {
    this.#root = root;
    this.#listener = listener;
  }

  /** How many directories it hears of, and why not of more. */
  get status(): { readonly directories: number; readonly lastError: string | null } {
    return { directories: this.#watchers.size, lastError: this.#lastError };
  }

  /** Watches these directories (the root is "") and no others. */
  follow(directories: ReadonlySet<string>): void {
    for (const directory of this.#watchers.keys()) {
      if (!directories.has(directory)) this.#forget(directory);
    }
    for (const directory of directories) {
      if (!this.#watchers.has(directory)) this.#watch(directory);
    }
  }

  /** Whether it watches this directory. */
  has(directory: string): boolean {
    return this.#watchers.has(directory);
  }

  /** Watches a directory, and those below it, no more. */
  forget(directory: string): void {
    for (const each of [...this.#watchers.keys()])
      if (each === directory || each.startsWith(`${directory}/`)) this.#forget(each);
  }

  close(): void {
    for (const directory of [...this.#watchers.keys()]) this.#forget(directory);
  }

  #watch(directory: string): void {
    try {
      const watcher = watch(join(this.#root, directory), { persistent: false });
      watcher.on("change", (_, name) => {
        if (typeof name !== "string") this.#listener.onDoubt();
        else this.#listener.onChange(directory === "" ? name : `${directory}/${name}`);
      });
      watcher.on("error", (error) => {
        this.#lose(directory, error);
        this.#listener.onDoubt();
      });
      this.#watchers.set(directory, watcher);
    } catch (error) {
      this.#lose(directory, error); // ENOSPC: no watches left; the regular look at everything remains
    }
  }

  #lose(directory: string, error: unknown): void {
    this.#lastError = error instanceof Error ? error.message : String(error);
    this.#forget(directory);
  }

  #forget(directory: string): void {
    this.#watchers.get(directory)?.close();
    this.#watchers.delete(directory);
  }
}
