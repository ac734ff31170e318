/** Calls a backend for several clients at once and writes down who asked what, when, and what came back. */

import {
  type ApplyResult,
  BackendError,
  decodeEnvelope,
  decodeSnapshot,
  formatReference,
  type Resource,
  type ResourceRef,
  type StoreBackend,
  type WatchEvent,
  type WriteOptions,
} from "@engenho/sdk";
import { show } from "./assertions.ts";
import { Fixtures, keepsBytes, manifestBody, manifestValue } from "./fixtures.ts";
import type { Operation, OperationInput, OperationResult } from "./linearizability/operation.ts";
import type { ObservedEvent } from "./watches/observed-watch.ts";

/** A write as a client asks for it. */
export interface RecordedWrite {
  /** What it is about. */
  readonly ref: ResourceRef;
  /** What the manifest says, in letters, digits and `_`; a delete if there is none. */
  readonly value?: string | undefined;
  /** The precondition. Default: none. */
  readonly ifRevision?: WriteOptions["ifRevision"] | undefined;
  /** Given to the call. */
  readonly signal?: AbortSignal | undefined;
}

/** How calls that fail are recorded. */
export interface RecordingOptions {
  /**
   * `fails`: what concurrent callers need not reckon with (`unavailable`, say) rejects the call that is recorded. `told`: whatever
   * a `BackendError` says of its outcome is recorded, and a read that fails is left out; for stores in trouble. Default `fails`.
   */
  readonly trouble?: "fails" | "told";
}

/**
 * A history in the making, as {@link checkLinearizability} and {@link checkWatches} take it. Positions are counted: one for each
 * call and each return, in their order.
 *
 * @example
 * const recorder = new HistoryRecorder({ trouble: "told" });
 * const ref = { kind: "ConfigMap", namespace: "default", name: "a" };
 * await recorder.write(1, backend, { ref, value: "v1" });
 * await recorder.get(2, backend, ref);
 * checkLinearizability(recorder.history).verdict; // "ok"
 */
export class HistoryRecorder {
  readonly #operations: Operation[] = [];
  readonly #isToldOfTrouble: boolean;
  /** When the caller of an unknown write was told so. */
  readonly #toldAt = new Map<Operation, number>();
  #now = 0;

  /** Nothing is recorded yet. */
  constructor({ trouble = "fails" }: RecordingOptions = {}) {
    this.#isToldOfTrouble = trouble === "told";
  }

  /** A new position, behind all calls and returns so far: when an event is read. */
  moment(): number {
    return ++this.#now;
  }

  /** An event that was read right now, as {@link ObservedWatch} has it. */
  observe(backend: StoreBackend, event: WatchEvent): ObservedEvent {
    const at = this.moment();
    if (event.type === "reset") return { type: event.type, at };
    const { type, cursor } = event;
    if (type === "bookmark") return { type, cursor, at };
    const { ref, revision } = event.resource;
    const body = bodyOf(backend, event.resource);
    return { type, resource: formatReference(ref), body, revision, cursor, at };
  }

  /** What was recorded so far. */
  get history(): readonly Operation[] {
    return this.#operations;
  }

  /**
   * The same where an unknown write is decided before a later one of its resource is acknowledged: it has
   * until then to take effect.
   */
  get settledHistory(): readonly Operation[] {
    return this.#operations.map((each) => {
      const told = this.#toldAt.get(each);
      if (told === undefined) return each;
      const later = this.#operations.filter(
        ({ resource, call, result }) =>
          resource === each.resource &&
          call > told &&
          ["created", "replaced", "unchanged", "deleted"].includes(result.type),
      );
      // A spread of as many arguments as a long history has calls would not fit the stack.
      return {
        ...each,
        return: later.reduce((first, write) => Math.min(first, write.return), Infinity),
      };
    });
  }

  /** An apply, or a delete; what it comes to. */
  async write(
    client: number,
    backend: StoreBackend,
    { ref, value, ...options }: RecordedWrite,
  ): Promise<OperationResult> {
    const { format } = new Fixtures(backend.capabilities);
    const { ifRevision } = options;
    const isApply = value !== undefined;
    const input: OperationInput = isApply
      ? { verb: "apply", body: value, ifRevision }
      : { verb: "delete", ifRevision };
    const call = ++this.#now;
    const given = withoutUndefined(options);
    const result = await settled(
      isApply
        ? backend.apply(format, manifestBody(ref, value, format), given).then(applied)
        : backend.delete(ref, given).then((): OperationResult => ({ type: "deleted" })),
      { isConditional: ifRevision !== undefined, isToldOfTrouble: this.#isToldOfTrouble },
    );
    const told = ++this.#now;
    const end = result.type === "unknown" ? Infinity : told;
    const resource = formatReference(ref);
    const operation = { client, resource, input, result, call, return: end };
    this.#operations.push(operation);
    if (result.type === "unknown") this.#toldAt.set(operation, told);
    return result;
  }

  /** A get; what it shows, `unknown` where it failed. */
  async get(client: number, backend: StoreBackend, ref: ResourceRef): Promise<OperationResult> {
    const { format } = new Fixtures(backend.capabilities);
    const read = (): Promise<readonly Resource[]> =>
      backend.get(ref, format).then(
        (resource) => [resource],
        (error: unknown) => {
          if (BackendError.is(error, "not_found")) return [];
          throw error;
        },
      );
    const [result] = await this.#read(client, backend, [ref], read);
    return result ?? { type: "not_found" };
  }

  /** A list of a kind in a namespace, as if each of these resources had been read by itself. */
  async list(
    client: number,
    backend: StoreBackend,
    refs: readonly [ResourceRef, ...ResourceRef[]],
  ): Promise<void> {
    const { format } = new Fixtures(backend.capabilities);
    const [{ kind, namespace }] = refs;
    await this.#read(client, backend, refs, async () => {
      return (await backend.list(kind, namespace, format)).items;
    });
  }

  /** A snapshot, as if each of these resources had been read by itself. */
  async snapshot(
    client: number,
    backend: StoreBackend,
    refs: readonly ResourceRef[],
  ): Promise<void> {
    await this.#read(client, backend, refs, async () =>
      decodeSnapshot(await backend.snapshot()).map(({ ref, envelope }) => {
        return { ref, body: decodeEnvelope(envelope).payload };
      }),
    );
  }

  async #read(
    client: number,
    backend: StoreBackend,
    refs: readonly ResourceRef[],
    read: () => Promise<readonly (Pick<Resource, "ref" | "body"> & Partial<Resource>)[]>,
  ): Promise<readonly OperationResult[]> {
    const call = ++this.#now;
    const found = await this.#orNothing(read());
    const end = ++this.#now;
    if (found === undefined) return refs.map(() => ({ type: "unknown" }));
    return refs.map((ref) => {
      const name = formatReference(ref);
      const shown = found.find((each) => formatReference(each.ref) === name);
      const result: OperationResult =
        shown === undefined
          ? { type: "not_found" }
          : { type: "found", body: bodyOf(backend, shown), revision: shown.revision };
      const input = { verb: "get" } as const;
      this.#operations.push({ client, resource: name, input, result, call, return: end });
      return result;
    });
  }

  /** Undefined for a read that failed, where that is no failure of the check. */
  async #orNothing<T>(read: Promise<T>): Promise<T | undefined> {
    try {
      return await read;
    } catch (error) {
      if (this.#isToldOfTrouble && BackendError.is(error)) return undefined;
      throw error;
    }
  }
}

function applied({ operation, revision }: ApplyResult): OperationResult {
  return { type: operation, revision };
}

/** Only what concurrent callers must reckon with is a result; everything else fails the check. */
async function settled(
  write: Promise<OperationResult>,
  { isConditional, isToldOfTrouble }: { isConditional: boolean; isToldOfTrouble: boolean },
): Promise<OperationResult> {
  try {
    return await write;
  } catch (error) {
    if (!BackendError.is(error)) throw error;
    if (error.code === "not_found") return { type: "not_found" };
    // Without a condition it is not about revisions: the resource is being deleted, say.
    if (error.code === "conflict") return { type: isConditional ? "conflict" : "refused" };
    if (error.code === "aborted" || isToldOfTrouble)
      return { type: error.outcome === "none" ? "refused" : "unknown" };
    throw error;
  }
}

/** The value of a manifest of ours; bytes that are none of ours are a body of their own. */
function bodyOf(
  { capabilities }: StoreBackend,
  { ref, body, format }: Pick<Resource, "ref" | "body"> & Partial<Resource>,
): string {
  const value = manifestValue(body);
  if (value === undefined) return show(body);
  if (format === undefined || !keepsBytes(capabilities, ref.kind)) return value;
  const whole = manifestBody(ref, value, format);
  const isWhole = body.length === whole.length && body.every((byte, i) => byte === whole[i]);
  return isWhole ? value : show(body);
}

function withoutUndefined({
  ifRevision,
  signal,
}: Pick<RecordedWrite, "ifRevision" | "signal">): WriteOptions {
  return {
    ...(ifRevision === undefined ? {} : { ifRevision }),
    ...(signal === undefined ? {} : { signal }),
  };
}
