/** A backend around a backend that tells Node's diagnostics channels of every call. */

import type {
  ApplyResult,
  Capabilities,
  Diagnostics,
  Resource,
  ResourceList,
  StoreBackend,
  Verb,
  Watch,
} from "../contract/index.ts";
import { backendChannels, watchChannels } from "./channels.ts";
import {
  aboutFormat,
  aboutInput,
  aboutOutput,
  aboutReference,
  aboutScope,
  type Facts,
  lengthOf,
  quietly,
} from "./describe.ts";
import type { TracedVerb, VerbContext } from "./messages.ts";
import { promised, traceCall } from "./trace-call.ts";
import { TracedWatch } from "./trace-watch.ts";

/**
 * The same backend, which promises the same, and publishes each verb and `close` on `backendChannels` and the
 * life of its watches on `watchChannels`. A call that begins while nobody listens costs a look whether somebody
 * does, and publishes nothing.
 *
 * @example
 * await using store = traceBackend(await createInMemoryBackend());
 * const stop = followVerbs({ asyncEnd: ({ verb, ref, error }) => console.log(verb, ref, error?.code) });
 */
export function traceBackend(backend: StoreBackend): StoreBackend {
  return new TracedBackend(backend);
}

type Arguments<V extends Verb> = Parameters<StoreBackend[V]>;

/** The call itself, when nobody listens; nothing is made for a telling then. */
function handOn<V extends Verb>(
  backend: StoreBackend,
  verb: V,
  args: Arguments<V>,
): ReturnType<StoreBackend[V]> {
  try {
    return Reflect.apply(backend[verb], backend, args);
  } catch (error) {
    return Promise.reject(error) as ReturnType<StoreBackend[V]>;
  }
}

class TracedBackend implements StoreBackend {
  readonly #backend: StoreBackend;
  /** Those whose end is still to be told. */
  readonly #watches = new Set<WeakRef<TracedWatch>>();
  #isClosing = false;
  #isClosed = false;

  constructor(backend: StoreBackend) {
    this.#backend = backend;
  }

  get name(): string {
    return this.#backend.name;
  }

  get capabilities(): Capabilities {
    return this.#backend.capabilities;
  }

  apply(...args: Arguments<"apply">): Promise<ApplyResult> {
    if (!backendChannels.apply.hasSubscribers) return handOn(this.#backend, "apply", args);
    return this.#trace(
      "apply",
      () => this.#backend.apply(...args),
      () => ({ ...aboutFormat(args[0]), ...aboutInput(args[1]) }),
      ({ ref, operation }) => ({ ...aboutReference(ref), operation }),
    );
  }

  get(...args: Arguments<"get">): Promise<Resource> {
    if (!backendChannels.get.hasSubscribers) return handOn(this.#backend, "get", args);
    return this.#trace(
      "get",
      () => this.#backend.get(...args),
      () => ({ ...aboutFormat(args[1]), ...aboutReference(args[0]) }),
      ({ ref, body }) => ({ ...aboutReference(ref), ...aboutOutput(body) }),
    );
  }

  list(...args: Arguments<"list">): Promise<ResourceList> {
    if (!backendChannels.list.hasSubscribers) return handOn(this.#backend, "list", args);
    return this.#trace(
      "list",
      () => this.#backend.list(...args),
      () => ({ ...aboutFormat(args[2]), ...aboutScope(args[0], args[1]) }),
      ({ items }) => ({
        items: items.length,
        bytesOut: items.reduce((sum, { body }) => sum + (lengthOf(body) ?? 0), 0),
      }),
    );
  }

  delete(...args: Arguments<"delete">): Promise<void> {
    if (!backendChannels.delete.hasSubscribers) return handOn(this.#backend, "delete", args);
    return this.#trace(
      "delete",
      () => this.#backend.delete(...args),
      () => aboutReference(args[0]),
    );
  }

  watch(...args: Arguments<"watch">): Promise<Watch> {
    const { event, end } = watchChannels;
    const isFollowed = event.hasSubscribers || end.hasSubscribers;
    if (!isFollowed && !backendChannels.watch.hasSubscribers)
      return handOn(this.#backend, "watch", args);
    const open = (): Promise<Watch> => promised(() => this.#backend.watch(...args));
    const describe = (): Facts => ({ ...aboutFormat(args[2]), ...aboutScope(args[0], args[1]) });
    if (!isFollowed) return this.#trace("watch", open, describe);
    const follow = (opened: VerbContext): Promise<TracedWatch> =>
      open().then((watch) => this.#follow(watch, opened, args[3]?.signal));
    // Its end, which may have come already, is told behind its opening.
    return this.#trace("watch", follow, describe).then((watch) => {
      quietly(() => watch.begin());
      if (this.#isClosed) watch.backendClosed();
      return watch;
    });
  }

  snapshot(...args: Arguments<"snapshot">): Promise<Uint8Array> {
    if (!backendChannels.snapshot.hasSubscribers) return handOn(this.#backend, "snapshot", args);
    return this.#trace(
      "snapshot",
      () => this.#backend.snapshot(...args),
      () => ({}),
      (snapshot) => aboutOutput(snapshot),
    );
  }

  restore(...args: Arguments<"restore">): Promise<void> {
    if (!backendChannels.restore.hasSubscribers) return handOn(this.#backend, "restore", args);
    return this.#trace(
      "restore",
      () => this.#backend.restore(...args),
      () => aboutInput(args[0]),
    );
  }

  resourceCount(): number {
    return this.#backend.resourceCount();
  }

  subscriberCount(): number {
    return this.#backend.subscriberCount();
  }

  diagnostics(): Diagnostics {
    return this.#backend.diagnostics();
  }

  close(): Promise<void> {
    return this.#close(() => this.#backend.close());
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#close(async () => this.#backend[Symbol.asyncDispose]());
  }

  /** Watches that are being read learn of the end by themselves; the others are told behind it. */
  #close(close: () => Promise<void>): Promise<void> {
    this.#isClosing = true;
    const call = (): Promise<void> => {
      const closing = promised(close);
      const told = closing.then(() => {
        this.#isClosed = true;
        for (const watch of [...this.#watches]) watch.deref()?.backendClosed();
      });
      if (this.#watches.size > 0) return told;
      told.catch(() => {}); // the caller has it as the backend gives it
      return closing;
    };
    return backendChannels.close.hasSubscribers ? this.#trace("close", call) : call();
  }

  #trace<T>(
    verb: TracedVerb,
    call: (context: VerbContext) => Promise<T>,
    describe: () => Facts = () => ({}),
    learn: (result: T) => Facts = () => ({}),
  ): Promise<T> {
    const context: VerbContext = { backend: this.name, verb };
    quietly(() => void Object.assign(context, describe()));
    return traceCall(backendChannels[verb], context, () => call(context), learn);
  }

  #follow(watch: Watch, opened: VerbContext, signal: AbortSignal | undefined): TracedWatch {
    return new TracedWatch(watch, {
      opened,
      signal,
      reason: () => (this.#isClosing ? "backend-closed" : "ended"),
      open: this.#watches,
    });
  }
}
