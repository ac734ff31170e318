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
  type WriteOptions,
} from "@engenho/sdk";
import { show } from "./assertions.ts";
import { Fixtures, keepsBytes, manifestBody, manifestValue } from "./fixtures.ts";
import type { Operation, OperationInput, OperationResult } from "./linearizability/operation.ts";

/** A write as a client asks for it. */
export interface RecordedWrite {
  readonly ref: ResourceRef;
  /** What the manifest says; a delete if there is none. */
  readonly value?: string | undefined;
  readonly ifRevision?: WriteOptions["ifRevision"] | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** A history in the making. Positions are counted: one for each call and each return, in their order. */
export class HistoryRecorder {
  readonly #operations: Operation[] = [];
  /** When the caller of an unknown write was told so. */
  readonly #toldAt = new Map<Operation, number>();
  #now = 0;

  /** What was recorded so far, as {@link checkLinearizability} takes it. */
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
      return { ...each, return: Math.min(Infinity, ...later.map((write) => write.return)) };
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
      ifRevision !== undefined,
    );
    const told = ++this.#now;
    const end = result.type === "unknown" ? Infinity : told;
    const resource = formatReference(ref);
    const operation = { client, resource, input, result, call, return: end };
    this.#operations.push(operation);
    if (result.type === "unknown") this.#toldAt.set(operation, told);
    return result;
  }

  /** A get; what it shows. */
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
    const found = await read();
    const end = ++this.#now;
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
}

function applied({ operation, revision }: ApplyResult): OperationResult {
  return { type: operation, revision };
}

/** Only what concurrent callers must reckon with is a result; everything else fails the check. */
async function settled(
  write: Promise<OperationResult>,
  isConditional: boolean,
): Promise<OperationResult> {
  try {
    return await write;
  } catch (error) {
    if (!BackendError.is(error)) throw error;
    if (error.code === "not_found") return { type: "not_found" };
    // Without a condition it is not about revisions: the resource is being deleted, say.
    if (error.code === "conflict") return { type: isConditional ? "conflict" : "refused" };
    if (error.code === "aborted") return { type: error.outcome === "none" ? "refused" : "unknown" };
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
