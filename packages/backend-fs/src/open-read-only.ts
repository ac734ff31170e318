/** Opens a root to look at it: nothing is locked, written or probed, so that it may be open elsewhere. */

import { access, readdir, realpath } from "node:fs/promises";
import { join, resolve } from "node:path";
import {
  BackendError,
  createBackend,
  type Driver,
  type FormatAdapter,
  type LoadedStore,
  type StoreBackend,
} from "@engenho/sdk";
import { threadRunner } from "./commit/job-runners.ts";
import { foundEntries } from "./found-entries.ts";
import { fsError, unlessMissing } from "./fs-error.ts";
import { type FoundTree, loadTree, maxFileBytes, type SkippedFiles } from "./load-tree.ts";
import { readMeta, type StoreMeta } from "./meta-file.ts";
import { journalDirectory } from "./own-directories.ts";
import { notify } from "./notify.ts";
import { checkOptions } from "./open-fs-backend.ts";
import type { OpenProgress } from "./open-report.ts";
import { intentFile } from "./restore-intent.ts";

/** Where the store lies, and who is told of what. */
export interface FsReadOnlyOptions {
  /** The directory. */
  readonly root: string;
  /** Formats beside the SDK's own. */
  readonly adapters?: readonly FormatAdapter[];
  /** Called while the files are read, as that of `createFsBackend`. */
  readonly onProgress?: (progress: OpenProgress) => unknown;
}

const name = "filesystem-read-only";

/**
 * Reads a store as it is now: `get`, `list` and `snapshot` work, every other verb is `unsupported`. Needs
 * permission to read, and nothing else. While a process has the store open and writes, every resource
 * is whole, but they need not be of one instant; what is written later is not seen.
 * `diagnostics().restoreUnderWay` says whether a restore was decided and not finished, and `journalUnderWay` whether
 * there is a journal with writes whose files may not be there yet: the next `createFsBackend` finishes both.
 *
 * @throws BackendError `not_found` where there is no store, `corrupt`, `unsupported`, `permission_denied`.
 *
 * @example
 * await using store = await openFsReadOnly({ root: "/var/lib/engenho" });
 * const { items } = await store.list("Pod", undefined, "json");
 */
export async function openFsReadOnly(options: FsReadOnlyOptions): Promise<StoreBackend> {
  checkOptions(options);
  const { root, adapters, onProgress } = options;
  try {
    const location = await unlessMissing(realpath(resolve(root)));
    const meta = location === undefined ? undefined : await readMeta(location);
    if (location === undefined || meta === undefined) {
      throw new BackendError("not_found", `there is no store in ${root}`);
    }
    return await createBackend(new ReadOnlyDriver(location, meta, onProgress), {
      name,
      capabilities: {
        verbs: ["get", "list", "snapshot"],
        restore: "none",
        preconditions: [],
        resume: false,
      },
      ...(adapters === undefined ? {} : { adapters }),
    });
  } catch (error) {
    if (error instanceof TypeError) throw error;
    throw BackendError.from(fsError(error, `open ${root}`), { backend: name, verb: "open" });
  }
}

class ReadOnlyDriver implements Driver {
  readonly #root: string;
  readonly #meta: StoreMeta;
  readonly #onProgress: FsReadOnlyOptions["onProgress"];
  #skipped: SkippedFiles = { count: 0, items: [] };
  #restoreUnderWay = false;
  #journalUnderWay = false;

  constructor(root: string, meta: StoreMeta, onProgress: FsReadOnlyOptions["onProgress"]) {
    this.#root = root;
    this.#meta = meta;
    this.#onProgress = onProgress;
  }

  async load(): Promise<LoadedStore> {
    const found = await this.#read();
    this.#skipped = found.skipped;
    const intent = access(join(this.#root, intentFile)).then(() => true);
    this.#restoreUnderWay = (await unlessMissing(intent)) ?? false;
    const records = await unlessMissing(readdir(join(this.#root, journalDirectory)));
    this.#journalUnderWay = records !== undefined && records.length > 0;
    return foundEntries(this.#root, found);
  }

  async #read(): Promise<FoundTree> {
    const reader = threadRunner({ root: this.#root, syncs: false });
    try {
      const onProgress = (progress: OpenProgress): void => {
        if (this.#onProgress !== undefined)
          notify(`onProgress of the store ${this.#root}`, this.#onProgress, progress);
      };
      return await loadTree(this.#root, reader, maxFileBytes, { onProgress });
    } finally {
      await reader.close();
    }
  }

  /** Core has refused every write by the claims. */
  async put(): Promise<never> {
    throw new BackendError("unsupported", "the store was opened for reading only");
  }

  remove(): Promise<never> {
    return this.put();
  }

  async close(): Promise<void> {}

  diagnostics(): Readonly<Record<string, unknown>> {
    return {
      root: this.#root,
      faceName: this.#meta.faceName,
      skipped: this.#skipped,
      restoreUnderWay: this.#restoreUnderWay,
      journalUnderWay: this.#journalUnderWay,
    };
  }
}
