/** A directory that others write to as well: what they add, change and remove becomes changes of the store. */

import type {
  Driver,
  FeedEvent,
  LoadedStore,
  Position,
  ResourceRef,
  Revision,
  StoreChange,
  StoredEntry,
  Written,
} from "@engenho/sdk";
import type { DurableTree } from "../durable-tree.ts";
import type { FsDriver } from "../fs-driver.ts";
import { storePath } from "../layout.ts";
import { timeOf } from "../revision-clock.ts";
import { EventQueue } from "./event-queue.ts";
import { KnownFiles } from "./known-files.ts";
import { type LookReport, TreeLooks } from "./tree-looks.ts";

/**
 * The driver of a root with other writers. What this handle writes is told by the same feed, when it is
 * done; `tree-looks.ts` finds what others have done.
 */
export class ExternalDriver implements Driver {
  readonly maxConcurrentWrites: number;
  readonly #inner: FsDriver;
  readonly #known: KnownFiles;
  readonly #queue = new EventQueue();
  readonly #looks: TreeLooks;
  /** What looks cannot tell is made good by a load. */
  #isLost = false;

  /** @param rescanMs How often everything is looked at, whatever the kernel has told. */
  constructor(inner: FsDriver, tree: DurableTree, rescanMs: number) {
    this.#inner = inner;
    this.maxConcurrentWrites = inner.maxConcurrentWrites;
    this.#known = new KnownFiles(tree.root, inner.index);
    this.#looks = new TreeLooks(tree, this.#known, rescanMs, (report) => this.#seen(report));
  }

  async load(): Promise<LoadedStore> {
    // What is told from here on is younger than what is read: core takes it afterwards.
    const position = this.#queue.startOver();
    const resume = this.#looks.hold();
    try {
      const { store, found } = await this.#inner.loadFound();
      this.#known.replaceAll(found);
      this.#isLost = false;
      return { ...store, position };
    } finally {
      resume();
    }
  }

  async changes(from: Position, signal: AbortSignal): Promise<AsyncIterable<FeedEvent>> {
    if (this.#isLost) this.#queue.tellGap("the directory could not be read");
    await this.#looks.begin();
    return this.#queue.after(from, signal);
  }

  mintRevision(envelope: Uint8Array): Revision {
    return this.#inner.mintRevision(envelope);
  }

  put(entry: StoredEntry): Promise<Written> {
    const { ref, envelope, revision } = entry;
    return this.#writing(ref, async (paths) => {
      await this.#inner.put(entry);
      for (const path of paths) this.#known.delete(path);
      this.#known.set(storePath(ref), ref, { modified: timeOf(revision), size: envelope.length });
      return [{ type: "put", entry }];
    });
  }

  remove(ref: ResourceRef): Promise<Written> {
    return this.#writing(ref, async (paths) => {
      await this.#inner.remove(ref);
      for (const path of paths) this.#known.delete(path);
      return [{ type: "remove", ref }];
    });
  }

  confirm(entry: StoredEntry): Promise<void> {
    return this.#inner.confirm(entry);
  }

  async replaceAll(entries: readonly StoredEntry[]): Promise<Written> {
    const resume = this.#looks.hold();
    try {
      const before = this.#known.references();
      const damaged = this.#known.damagedPlaces();
      await this.#inner.replaceAll(entries);
      this.#known.clear();
      const changes: StoreChange[] = [
        ...before.map((ref) => ({ type: "remove", ref }) as const),
        ...damaged.map((where) => ({ type: "mended", where }) as const),
      ];
      for (const entry of entries) {
        const stamp = { modified: timeOf(entry.revision), size: entry.envelope.length };
        this.#known.set(storePath(entry.ref), entry.ref, stamp);
        changes.push({ type: "put", entry });
      }
      return { position: this.#queue.tell(changes) };
    } finally {
      resume();
    }
  }

  async close(): Promise<void> {
    await this.#looks.close();
    await this.#inner.close();
  }

  diagnostics(): Readonly<Record<string, unknown>> {
    return { ...this.#inner.diagnostics(), externalWrites: this.#looks.status };
  }

  async #writing(
    ref: ResourceRef,
    write: (paths: ReadonlySet<string>) => Promise<readonly StoreChange[]>,
  ): Promise<Written> {
    const paths = new Set([storePath(ref), ...this.#inner.index.pathsOf(ref)]);
    const written = this.#looks.writing(paths);
    try {
      return { position: this.#queue.tell(await write(paths)) };
    } finally {
      written();
    }
  }

  #seen(report: LookReport): void {
    if (report.type === "changes") this.#queue.tell(report.changes);
    else {
      this.#isLost = true;
      this.#looks.stop();
      this.#queue.tellGap(report.reason);
    }
  }
}
