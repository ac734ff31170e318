/** The StoreBackend around a driver: checks requests, serves reads from the mirror, hands writes on. */

import {
  BackendError,
  type ApplyResult,
  type Capabilities,
  type Cursor,
  type Diagnostics,
  type ReadOptions,
  type Resource,
  type ResourceFormat,
  type ResourceList,
  type ResourceRef,
  type StoreBackend,
  type Verb,
  type Watch,
  type WatchOptions,
  type WriteOptions,
} from "../contract/index.ts";
import { encodeSnapshot } from "../codec/index.ts";
import { formatReference } from "../reference/index.ts";
import {
  checkBytes,
  checkFormat,
  checkReadOptions,
  checkText,
  checkWatchOptions,
  checkWriteOptions,
} from "./check-arguments.ts";
import { checkSnapshot } from "./check-snapshot.ts";
import type { Domain } from "./domain.ts";
import { draftApply } from "./draft-apply.ts";
import type { Driver } from "./driver.ts";
import type { Entry } from "./entry.ts";
import type { Feed } from "./feed.ts";
import type { Intake } from "./intake.ts";
import type { Lifecycle } from "./lifecycle.ts";
import { renderAll } from "./render-all.ts";
import type { StoreState } from "./store-state.ts";
import { settledWithin } from "./patience.ts";
import { refuseAborted, unlessAborted } from "./unless-aborted.ts";
import { type WatchScope, WatchStream } from "./watch-stream.ts";
import { Writer } from "./writer.ts";

/** How many live events may wait for a slow reader. */
const defaultBufferLimit = 1_024;

/** What a core backend is made of. */
export interface CoreParts {
  readonly name: string;
  readonly capabilities: Capabilities;
  readonly domain: Domain;
  readonly driver: Driver;
  readonly state: StoreState;
  readonly intake: Intake;
  readonly lifecycle: Lifecycle;
  /** What the intake waits for, where others write too. */
  readonly feed: Feed | undefined;
  readonly closeTimeoutMs: number;
}

/** Made by `createBackend`, which loads the state first. */
export class CoreBackend implements StoreBackend {
  readonly name: string;
  readonly capabilities: Capabilities;
  readonly #driver: Driver;
  readonly #state: StoreState;
  readonly #closeTimeoutMs: number;
  readonly #domain: Domain;
  readonly #lifecycle: Lifecycle;
  readonly #writer: Writer;
  readonly #intake: Intake;
  readonly #feed: Feed | undefined;
  /** Whether reads must show what others have acknowledged, and must ask for it. */
  readonly #readsCatchUp: boolean;
  #closing: Promise<void> | undefined;

  constructor(parts: CoreParts) {
    const { name, capabilities, driver, state, intake, lifecycle } = parts;
    this.name = name;
    this.capabilities = capabilities;
    this.#driver = driver;
    this.#state = state;
    this.#intake = intake;
    this.#feed = parts.feed;
    this.#readsCatchUp = intake.canCatchUp && capabilities.reads === "linearizable";
    this.#closeTimeoutMs = parts.closeTimeoutMs;
    this.#domain = parts.domain;
    this.#lifecycle = lifecycle;
    this.#writer = new Writer({ driver, state, intake, lifecycle });
  }

  apply(
    format: ResourceFormat,
    body: Uint8Array,
    options: WriteOptions = {},
  ): Promise<ApplyResult> {
    return this.#perform("apply", undefined, (about) => {
      checkFormat(format);
      checkBytes("body", body);
      checkWriteOptions("apply", options);
      this.#admit("apply", options);
      if (options.ifRevision !== undefined) {
        this.#domain.precondition(options.ifRevision === "absent" ? "create" : "replace");
      }
      const draft = draftApply(format, body, this.#domain, this.#state.adapters);
      about(draft.ref);
      return this.#writer.apply(draft, options);
    });
  }

  get(ref: ResourceRef, format: ResourceFormat, options: ReadOptions = {}): Promise<Resource> {
    return this.#perform("get", ref, async (about) => {
      checkFormat(format);
      checkReadOptions(options);
      this.#admit("get", options);
      const full = this.#domain.reference(ref);
      about(full);
      this.#domain.format(format, full.kind);
      if (this.#readsCatchUp) await this.#catchUp(options);
      this.#state.damage.refuseReference(full);
      const entry = this.#state.mirror.get(full);
      if (entry === undefined) throw new BackendError("not_found", "there is no such resource");
      return this.#state.renderer.strictly(entry, format);
    });
  }

  list(
    kind: string,
    namespace: string | undefined,
    format: ResourceFormat,
    options: ReadOptions = {},
  ): Promise<ResourceList> {
    return this.#perform("list", undefined, async () => {
      checkReadOptions(options);
      this.#admitScope("list", { kind, namespace, format }, options);
      if (this.#readsCatchUp) await this.#catchUp(options);
      this.#state.damage.refuseList(kind, namespace);
      const entries = this.#state.mirror.list(kind, namespace);
      const { cursor } = this.#state.hub;
      return { items: await renderAll(entries, format, this.#state.renderer, options), cursor };
    });
  }

  delete(ref: ResourceRef, options: WriteOptions = {}): Promise<void> {
    return this.#perform("delete", ref, async (about) => {
      checkWriteOptions("delete", options);
      this.#admit("delete", options);
      if (options.ifRevision !== undefined) this.#domain.precondition("delete");
      const full = this.#domain.reference(ref);
      about(full);
      return this.#writer.delete(full, options);
    });
  }

  watch(
    kind: string,
    namespace: string | undefined,
    format: ResourceFormat,
    options: WatchOptions = {},
  ): Promise<Watch> {
    return this.#perform("watch", undefined, async () => {
      checkWatchOptions(options);
      const { bufferLimit = defaultBufferLimit } = options;
      const scope = { kind, namespace, format, bufferLimit };
      this.#admitScope("watch", scope, options);
      if (this.#readsCatchUp) await this.#catchUp(options);
      this.#state.damage.refuseList(kind, namespace);
      return this.#openWatch(scope, options);
    });
  }

  snapshot(options: ReadOptions = {}): Promise<Uint8Array> {
    return this.#perform("snapshot", undefined, async () => {
      checkReadOptions(options);
      this.#admit("snapshot", options);
      if (this.#readsCatchUp) await this.#catchUp(options);
      this.#state.damage.refuseList();
      return encodeSnapshot(this.#state.mirror.all());
    });
  }

  restore(snapshot: Uint8Array, options: ReadOptions = {}): Promise<void> {
    return this.#perform("restore", undefined, async () => {
      checkBytes("snapshot", snapshot);
      checkReadOptions(options);
      this.#admit("restore", options);
      const entries = checkSnapshot(snapshot, this.#domain, this.#state.mintRevision);
      return this.#writer.restore(entries, options.signal);
    });
  }

  resourceCount(): number {
    return this.#state.mirror.size;
  }

  subscriberCount(): number {
    return this.#state.hub.subscriberCount;
  }

  diagnostics(): Diagnostics {
    const damaged = this.#state.damage.entries.map(({ where, reason }) => ({ where, reason }));
    return {
      ...(this.#feed === undefined ? {} : { feed: this.#feed.status }),
      ...this.#driver.diagnostics?.(),
      contract: 1,
      backend: this.name,
      state: this.#lifecycle.state,
      lastError: this.#lifecycle.lastError,
      counts: {
        resources: this.resourceCount(),
        subscribers: this.subscriberCount(),
        damaged: damaged.length,
      },
      damaged,
    };
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #close(): Promise<void> {
    this.#lifecycle.closing();
    this.#state.hub.end();
    try {
      await this.#writer.close(this.#closeTimeoutMs);
      if (this.#feed !== undefined) await settledWithin(this.#feed.close(), this.#closeTimeoutMs);
      await this.#driver.close();
    } catch (error) {
      throw this.#reported(error, { verb: "close" });
    } finally {
      this.#lifecycle.closed();
    }
  }

  /** Runs a verb; whatever it throws says which verb of which backend failed, and on what. */
  async #perform<T>(
    verb: Verb,
    ref: ResourceRef | undefined,
    task: (about: (ref: ResourceRef) => void) => Promise<T>,
  ): Promise<T> {
    let subject = ref;
    try {
      return await task((known) => void (subject = known));
    } catch (error) {
      if (error instanceof TypeError) throw error;
      throw this.#reported(error, { verb, ref: subject });
    }
  }

  /** The same for what is done in one step. */
  #attempt(verb: Verb, step: () => void): void {
    try {
      step();
    } catch (error) {
      throw this.#reported(error, { verb });
    }
  }

  #reported(
    error: unknown,
    about: { readonly verb: Verb | "close"; readonly ref?: ResourceRef | undefined },
  ): BackendError {
    const known = BackendError.from(error, { backend: this.name, ...about });
    const subject = known.ref === undefined ? "" : ` ${formatReference(known.ref)}`;
    const reported = new BackendError(
      known.code,
      `${this.name}: ${about.verb}${subject}: ${known.reason}`,
      known,
    );
    this.#lifecycle.lastError = reported.message;
    return reported;
  }

  /** Refuses a verb that is not supported, or not now. */
  #admit(verb: Verb, { signal }: ReadOptions): void {
    this.#lifecycle.checkOpen();
    const isDenied =
      !this.capabilities.verbs.includes(verb) ||
      (verb === "snapshot" && this.capabilities.snapshot === "none") ||
      (verb === "restore" && this.capabilities.restore === "none");
    if (isDenied) throw new BackendError("unsupported", "this backend does not support it");
    refuseAborted(signal);
  }

  /** The same for the verbs about many resources. */
  #admitScope(
    verb: "list" | "watch",
    { kind, namespace, format }: Omit<WatchScope, "bufferLimit">,
    options: ReadOptions,
  ): void {
    checkText("kind", kind);
    if (namespace !== undefined) checkText("namespace", namespace);
    checkFormat(format);
    this.#admit(verb, options);
    this.#domain.scope(kind, namespace);
    this.#domain.format(format, kind);
  }

  /** Lets a read see what was acknowledged to anybody before it was asked for. */
  async #catchUp({ signal }: ReadOptions): Promise<void> {
    await unlessAborted(this.#intake.catchUp(signal), signal);
    this.#lifecycle.checkOpen();
  }

  #openWatch(scope: WatchScope, { signal, since }: WatchOptions): Watch {
    // Nobody has listened to it since the last wait ended.
    refuseAborted(signal);
    const { damage, hub, mirror, renderer } = this.#state;
    const missed = since === undefined || !this.capabilities.resume ? undefined : hub.since(since);
    const source = {
      view: () => {
        this.#attempt("watch", () => damage.refuseList(scope.kind, scope.namespace));
        return mirror.list(scope.kind, scope.namespace);
      },
      get cursor(): Cursor {
        return hub.cursor;
      },
      get replayCursor(): Cursor {
        return hub.replayCursor;
      },
      render: (entry: Entry, format: ResourceFormat) => renderer.leniently(entry, format),
      closed: (stream: WatchStream) => {
        hub.unsubscribe(stream);
        signal?.removeEventListener("abort", abort);
      },
    };
    const stream = new WatchStream(source, scope, missed);
    const abort = (): void => void stream.close();
    signal?.addEventListener("abort", abort);
    hub.subscribe(stream);
    if (since !== undefined && missed === undefined)
      stream.reset("the changes since that cursor can't be had");
    return stream;
  }
}
