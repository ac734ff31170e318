/** A store that behaves as the first implementation did, one defect at a time. */

import { createHash } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import {
  BackendError,
  type Capabilities,
  checkReference,
  compareReferences,
  createAdapterRegistry,
  type Cursor,
  decodeEnvelope,
  decodeSnapshot,
  defaultCapabilities,
  type Diagnostics,
  encodeEnvelope,
  encodeSnapshot,
  referenceKey,
  type Resource,
  type ResourceFormat,
  type ResourceList,
  type ResourceRef,
  type Revision,
  type StoreBackend,
  transcode,
  type ApplyResult,
  type Watch,
  type WriteOptions,
  type WatchEvent,
} from "@engenho/sdk";

/** What the first implementation did wrong. */
export type Defect =
  | "cache before check"
  | "delete announced first"
  | "restore empties first"
  | "replay, then register"
  | "events ignore the format"
  | "no lock"
  | "plain paths"
  | "applied format returned"
  | "everything unsupported";

interface Entry {
  readonly ref: ResourceRef;
  readonly format: ResourceFormat;
  readonly payload: Uint8Array;
  readonly envelope: Uint8Array;
  readonly revision: Revision;
}

interface Listener {
  readonly format: ResourceFormat;
  readonly concerns: (ref: ResourceRef) => boolean;
  push(event: WatchEvent | undefined): void;
}

const adapters = createAdapterRegistry();
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Good enough for the requirements that its defects break, and no more. */
export class SeedStore implements StoreBackend {
  readonly name = "seed";
  readonly capabilities: Capabilities = {
    ...defaultCapabilities,
    durability: "process",
    sharing: "exclusive",
    restore: "atomic",
    resume: false,
  };
  readonly #root: string;
  readonly #defects: ReadonlySet<Defect>;
  #entries = new Map<string, Entry>();
  readonly #listeners = new Set<Listener>();
  readonly #epoch = crypto.randomUUID();
  #counter = 0;
  #isClosed = false;

  constructor(root: string, defects: ReadonlySet<Defect>) {
    this.#root = root;
    this.#defects = defects;
    mkdirSync(root, { recursive: true });
    if (!defects.has("no lock")) this.#lock();
    if (!existsSync(join(root, "_meta.json"))) writeFileSync(join(root, "_meta.json"), "{}");
    for (const path of envelopesBelow(this.#tree())) this.#remember(readFileSync(path));
  }

  apply(
    format: ResourceFormat,
    body: Uint8Array,
    { ifRevision }: WriteOptions = {},
  ): Promise<ApplyResult> {
    return this.#verb("apply", async () => {
      const payload = body.slice();
      let ref = adapters.select(format).reference(payload);
      const isCheckedLate = this.#defects.has("cache before check");
      if (!isCheckedLate) ref = checkReference(ref);
      const envelope = format === "native" ? payload : encodeEnvelope({ ref, format, payload });
      const present = this.#entries.get(referenceKey(ref));
      if (ifRevision !== undefined && ifRevision !== (present?.revision ?? "absent")) {
        throw new BackendError("conflict", "the revision is another");
      }
      if (present !== undefined && Buffer.compare(present.envelope, envelope) === 0) {
        return { ref, operation: "unchanged", revision: present.revision };
      }
      if (!isCheckedLate) this.#write(ref, envelope);
      const entry = this.#remember(envelope);
      this.#announce(present === undefined ? "added" : "modified", entry);
      if (isCheckedLate) this.#write(checkReference(ref), envelope);
      return {
        ref,
        operation: present === undefined ? "created" : "replaced",
        revision: entry.revision,
      };
    });
  }

  get(ref: ResourceRef, format: ResourceFormat): Promise<Resource> {
    return this.#verb("get", async () => {
      const entry = this.#entries.get(referenceKey(checkReference(ref)));
      if (entry === undefined) throw new BackendError("not_found", "there is no such resource");
      adapters.select(format);
      return this.#render(
        entry,
        this.#defects.has("applied format returned") ? entry.format : format,
      );
    });
  }

  list(kind: string, namespace: string | undefined, format: ResourceFormat): Promise<ResourceList> {
    return this.#verb("list", async () => {
      checkReference(
        namespace === undefined ? { kind, name: "x" } : { kind, name: "x", namespace },
      );
      adapters.select(format);
      const items = this.#sorted(concernedBy(kind, namespace)).map((entry) =>
        this.#render(entry, format),
      );
      return { items, cursor: this.#cursor() };
    });
  }

  delete(ref: ResourceRef, { ifRevision }: WriteOptions = {}): Promise<void> {
    return this.#verb("delete", async () => {
      const entry = this.#entries.get(referenceKey(checkReference(ref)));
      if (entry === undefined) throw new BackendError("not_found", "there is no such resource");
      if (ifRevision !== undefined && ifRevision !== entry.revision) {
        throw new BackendError("conflict", "the revision is another");
      }
      if (this.#defects.has("delete announced first")) {
        this.#forget(entry);
        await turn();
        rmSync(this.#path(ref));
      } else {
        rmSync(this.#path(ref));
        this.#forget(entry);
      }
    });
  }

  watch(kind: string, namespace: string | undefined, format: ResourceFormat): Promise<Watch> {
    return this.#verb("watch", async () => {
      const events: (WatchEvent | undefined)[] = [];
      let wake: () => void = () => {};
      const push = (event: WatchEvent | undefined): void => {
        events.push(event);
        wake();
      };
      const listener: Listener = { format, concerns: concernedBy(kind, namespace), push };
      const replay = this.#sorted(listener.concerns);
      if (this.#defects.has("replay, then register")) await turn();
      this.#listeners.add(listener);
      for (const entry of replay)
        push({ type: "added", resource: this.#render(entry, format), cursor: this.#cursor() });
      push({ type: "bookmark", cursor: this.#cursor() });
      const close = async (): Promise<void> => {
        if (this.#listeners.delete(listener)) push(undefined);
      };
      async function* iterate(): AsyncGenerator<WatchEvent> {
        try {
          for (;;) {
            while (events.length === 0) await new Promise<void>((resolve) => (wake = resolve));
            const event = events.shift();
            if (event === undefined) return;
            yield event;
          }
        } finally {
          await close();
        }
      }
      return { close, [Symbol.asyncDispose]: close, [Symbol.asyncIterator]: iterate };
    });
  }

  snapshot(): Promise<Uint8Array> {
    return this.#verb("snapshot", async () => encodeSnapshot([...this.#entries.values()]));
  }

  restore(snapshot: Uint8Array): Promise<void> {
    return this.#verb("restore", async () => {
      const entries = decodeSnapshot(snapshot).map((entry) => ({
        ...entry,
        envelope: entry.envelope.slice(),
      }));
      if (this.#defects.has("restore empties first")) {
        rmSync(this.#tree(), { recursive: true, force: true });
        for (const { ref, envelope } of entries) {
          await turn();
          this.#write(ref, envelope);
        }
      } else {
        const generation = join(this.#root, `tree-${this.#epoch}-${++this.#counter}`);
        for (const { ref, envelope } of entries) writeAt(this.#path(ref, generation), envelope);
        writeFileSync(join(this.#root, "current.new"), generation.slice(this.#root.length));
        renameSync(join(this.#root, "current.new"), join(this.#root, "current"));
      }
      this.#entries = new Map();
      for (const { envelope } of entries) this.#remember(envelope);
      for (const { push, concerns, format } of this.#listeners) {
        push({ type: "reset", reason: "restored" });
        for (const entry of this.#sorted(concerns)) {
          push({ type: "added", resource: this.#render(entry, format), cursor: this.#cursor() });
        }
        push({ type: "bookmark", cursor: this.#cursor() });
      }
    });
  }

  resourceCount(): number {
    return this.#entries.size;
  }

  subscriberCount(): number {
    return this.#listeners.size;
  }

  diagnostics(): Diagnostics {
    return {
      contract: 1,
      backend: this.name,
      state: this.#isClosed ? "closed" : "open",
      lastError: null,
      counts: { resources: this.#entries.size, subscribers: this.#listeners.size, damaged: 0 },
      damaged: [],
    };
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    for (const { push } of this.#listeners) push(undefined);
    this.#listeners.clear();
    rmSync(join(this.#root, "lock"), { force: true });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #verb<T>(verb: string, task: () => Promise<T>): Promise<T> {
    if (this.#isClosed) throw new BackendError("closed", verb);
    try {
      return await task();
    } catch (error) {
      if (!this.#defects.has("everything unsupported")) throw error;
      throw new BackendError("unsupported", `filesystem backend: ${String(error)}`);
    }
  }

  #lock(): void {
    try {
      writeFileSync(join(this.#root, "lock"), "", { flag: "wx" });
    } catch (cause) {
      throw new BackendError("locked", `${this.#root} is open elsewhere`, { cause });
    }
  }

  /** Where the entries are: a place that one rename replaces. */
  #tree(): string {
    const current = join(this.#root, "current");
    return existsSync(current)
      ? join(this.#root, readFileSync(current, "utf8"))
      : join(this.#root, "tree");
  }

  #path({ kind, name, namespace = "_cluster" }: ResourceRef, tree: string = this.#tree()): string {
    const segments = [kind, namespace, `${name}.envelope`];
    const fits = segments.every((segment) => Buffer.byteLength(segment) <= 255);
    if (this.#defects.has("plain paths") && fits) return join(tree, ...segments);
    const ref = namespace === "_cluster" ? { kind, name } : { kind, name, namespace };
    return join(tree, `${createHash("sha256").update(referenceKey(ref)).digest("hex")}.envelope`);
  }

  #write(ref: ResourceRef, envelope: Uint8Array): void {
    writeAt(this.#path(ref), envelope);
  }

  #remember(bytes: Uint8Array): Entry {
    const { ref, format = "native", payload } = decodeEnvelope(bytes);
    const revision = `${this.#epoch}-${++this.#counter}` as Revision;
    const entry = { ref, format, payload, envelope: bytes, revision };
    this.#entries.set(referenceKey(ref), entry);
    return entry;
  }

  #forget(entry: Entry): void {
    this.#entries.delete(referenceKey(entry.ref));
    this.#announce("deleted", entry);
  }

  #announce(type: "added" | "modified" | "deleted", entry: Entry): void {
    for (const { push, concerns, format } of this.#listeners) {
      if (!concerns(entry.ref)) continue;
      const rendered = this.#render(
        entry,
        this.#defects.has("events ignore the format") ? entry.format : format,
      );
      push({ type, resource: rendered, cursor: this.#cursor() });
    }
  }

  #sorted(concerns: (ref: ResourceRef) => boolean): Entry[] {
    const entries = [...this.#entries.values()].filter(({ ref }) => concerns(ref));
    return entries.sort((a, b) => compareReferences(a.ref, b.ref));
  }

  #render({ ref, format, payload, envelope, revision }: Entry, asked: ResourceFormat): Resource {
    const body =
      asked === "native" ? envelope.slice() : transcode(payload, format, asked, adapters);
    return { ref, revision, body, format: asked };
  }

  #cursor(): Cursor {
    return `${this.#epoch}-${this.#counter}` as Cursor;
  }
}

function concernedBy(kind: string, namespace: string | undefined): (ref: ResourceRef) => boolean {
  return (ref) => ref.kind === kind && (namespace === undefined || ref.namespace === namespace);
}

function writeAt(path: string, bytes: Uint8Array): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(`${path}.tmp`, bytes);
  renameSync(`${path}.tmp`, path);
}

/** Every envelope, as deep as the first implementation looked: kind, namespace, name. */
function envelopesBelow(tree: string): string[] {
  if (!existsSync(tree)) return [];
  return readdirSync(tree, { recursive: true, withFileTypes: true })
    .filter((file) => file.isFile() && file.name.endsWith(".envelope"))
    .map((file) => join(file.parentPath, file.name))
    .filter((path) => path.slice(tree.length + 1).split("/").length <= 3);
}
