/** A whole backend over one SQLite file: what it claims it keeps by hand, the rest it denies. */

import { randomUUID } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import { BackendError, type Capabilities, type Resource, type ResourceRef } from "@engenho/sdk";
import type { Revision, StoreBackend, Verb, WatchOptions, WriteOptions } from "@engenho/sdk";
import { checkFormat, draftOf, draftsOf, formats, maxBodyBytes } from "./drafts.ts";
import { checkField, checkReference, manifestReference } from "./manifest.ts";
import { labelOf, type Row, Rows, sqliteFailure } from "./rows.ts";
import { type ChangeType, cursor, StoreWatch } from "./watch.ts";
import { decodeEnvelope, encodeSnapshot } from "./wire.ts";

const name = "plain";

const capabilities: Capabilities = {
  contract: 1,
  verbs: ["apply", "get", "list", "delete", "watch", "snapshot", "restore"],
  durability: "process",
  fidelity: "bytes",
  snapshot: "consistent",
  restore: "atomic",
  preconditions: ["create", "replace", "delete"],
  resume: false,
  externalWrites: false,
  sharing: "exclusive",
  reads: "linearizable",
  formats,
  maxBodyBytes,
  kinds: "any",
};

/** Opens or creates the store in this file. What it acknowledges survives the end of the process. */
export async function openPlainBackend(path: string): Promise<StoreBackend> {
  let lastError: string | null = null;
  const rows = attempt("open", () => new Rows(path));
  const watches = new Map<StoreWatch, (row: Row) => boolean>();
  let isOpen = true;

  /** Nothing but a BackendError leaves the backend, and a TypeError for what TypeScript would refuse. */
  function attempt<T>(verb: Verb | "open", act: () => T): T {
    try {
      return act();
    } catch (error) {
      if (error instanceof TypeError) throw error;
      const known = BackendError.from(sqliteFailure(error), { verb, backend: name });
      lastError = known.message;
      throw known;
    }
  }

  /** SQLite answers at once: each verb runs in one turn of the event loop, and no two overlap. */
  function perform<T>(verb: Verb, options: WriteOptions & WatchOptions, act: () => T): T {
    return attempt(verb, () => {
      checkOptions(verb, options);
      if (!isOpen) throw new BackendError("closed", "the backend is closed");
      if (options.signal?.aborted !== true) return act();
      throw new BackendError("aborted", "the signal was aborted; nothing was done");
    });
  }

  function find(ref: ResourceRef): Row {
    const { kind, namespace = "", name: last } = checkReference(ref);
    const [row] = rows.find(kind, namespace, last);
    if (row !== undefined) return row;
    throw new BackendError("not_found", "there is no such resource", { ref });
  }

  function list(kind: string, namespace: string | undefined, format: string): Resource[] {
    checkField("kind", kind);
    if (namespace !== undefined) checkField("namespace", namespace);
    checkFormat(format);
    const found = namespace === undefined ? rows.find(kind) : rows.find(kind, namespace);
    return found.map((row) => render(readable(row), format));
  }

  /** What could not be read when the store was opened is in nobody's answer. */
  function readable(row: Row): Row {
    const { ref } = row;
    const label = labelOf(ref);
    if (!rows.damaged.has(label)) return row;
    throw new BackendError("corrupt", `the row of ${label} is no envelope`, { ref });
  }

  function announce(type: ChangeType, row: Row): void {
    for (const [watch, concerns] of watches) if (concerns(row)) watch.change(type, row);
  }

  async function close(): Promise<void> {
    isOpen = false;
    for (const watch of watches.keys()) await watch.close();
    rows.close();
  }

  return {
    name,
    capabilities,

    apply: async (format, body, options = {}) =>
      perform("apply", options, () => {
        const { ref, envelope } = draftOf(format, body);
        const [old] = rows.find(ref.kind, ref.namespace ?? "", ref.name);
        checkRevision(ref, options.ifRevision, old);
        if (old !== undefined && Buffer.compare(old.envelope, envelope) === 0)
          return { ref, operation: "unchanged", revision: old.revision };
        const row = { ref, envelope, revision: newRevision() };
        rows.put(row);
        const isNew = rows.damaged.delete(labelOf(ref)) || old === undefined;
        if (isNew) rows.count++;
        announce(isNew ? "added" : "modified", row);
        const operation = isNew ? "created" : "replaced";
        return { ref, operation, revision: row.revision };
      }),

    get: async (ref, format, options = {}) =>
      perform("get", options, () => {
        checkFormat(format);
        const resource = render(readable(find(ref)), format);
        if (resource.format === format) return resource;
        throw new BackendError("unsupported_format", `it cannot be said in ${format}`, { ref });
      }),

    list: async (kind, namespace, format, options = {}) =>
      perform("list", options, () => ({ items: list(kind, namespace, format), cursor })),

    delete: async (ref, options = {}) =>
      perform("delete", options, () => {
        const row = find(ref);
        checkRevision(row.ref, options.ifRevision, row);
        rows.remove(row.ref);
        if (rows.damaged.delete(labelOf(row.ref))) return; // nobody watches what cannot be read
        rows.count--;
        announce("deleted", row);
      }),

    watch: async (kind, namespace, format, options = {}) =>
      perform("watch", options, () => {
        const { signal, since, bufferLimit = 1024 } = options;
        const watch = new StoreWatch({
          bufferLimit,
          signal,
          present: () => attempt("watch", () => list(kind, namespace, format)),
          render: (row) => render(row, format),
          closed: () => void watches.delete(watch),
        });
        watches.set(watch, ({ ref }) => {
          return ref.kind === kind && (namespace === undefined || ref.namespace === namespace);
        });
        if (since !== undefined) watch.reset("this store keeps no changes to go on from");
        return watch;
      }),

    snapshot: async (options = {}) =>
      perform("snapshot", options, () => encodeSnapshot(rows.find().map(readable))),

    restore: async (snapshot, options = {}) =>
      perform("restore", options, () => {
        const drafts = draftsOf(snapshot);
        rows.replaceAll(drafts.map((draft) => ({ ...draft, revision: newRevision() })));
        for (const watch of watches.keys()) watch.reset("the store was restored");
      }),

    resourceCount: () => rows.count,
    subscriberCount: () => watches.size,
    diagnostics: () => ({
      contract: 1,
      backend: name,
      state: isOpen ? "open" : "closed",
      lastError,
      counts: { resources: rows.count, subscribers: watches.size, damaged: rows.damaged.size },
      damaged: [...rows.damaged].map((where) => ({ where, reason: "it is no envelope" })),
    }),
    close,
    [Symbol.asyncDispose]: close,
  };
}

const newRevision = () => randomUUID() as string as Revision;

function checkOptions(verb: Verb, options: WriteOptions & WatchOptions): void {
  const { signal, ifRevision = "", since = "", bufferLimit = 1 } = options;
  const isRight =
    (signal === undefined || signal instanceof AbortSignal) &&
    [ifRevision, since].every((text) => typeof text === "string") &&
    !(verb === "delete" && ifRevision === "absent") &&
    Number.isInteger(bufferLimit) &&
    bufferLimit > 0;
  if (!isRight) throw new TypeError(`${verb} was called with an option of a wrong type`);
}

function checkRevision(ref: ResourceRef, wanted: Revision | "absent" | undefined, old?: Row): void {
  if (wanted === undefined || wanted === (old?.revision ?? "absent")) return;
  throw new BackendError("conflict", "another revision is there, or none", { ref });
}

/** The resource in this format, or as its envelope if it cannot be said in it. */
function render({ ref, envelope, revision }: Row, format: string): Resource {
  const { format: said, payload } = decodeEnvelope(envelope);
  const own = said ?? (isManifestOf(ref, payload) ? "json" : "native");
  if (format === "native" || format !== own)
    return { ref, body: new Uint8Array(envelope), format: "native", revision };
  return { ref, body: new Uint8Array(payload), format, revision };
}

/** Whether a payload that nobody has labelled is JSON, and declares the resource that it belongs to. */
function isManifestOf(ref: ResourceRef, payload: Uint8Array): boolean {
  try {
    return isDeepStrictEqual(manifestReference(payload), ref);
  } catch {
    return false;
  }
}
