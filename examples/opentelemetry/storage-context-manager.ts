/** OpenTelemetry's active context in an AsyncLocalStorage that diagnostics channels can bind to. */

import { AsyncLocalStorage } from "node:async_hooks";
import { type Context, type ContextManager, ROOT_CONTEXT } from "@opentelemetry/api";

/**
 * Does what OpenTelemetry's own AsyncLocalStorageContextManager does, but shows its storage: a channel that is bound
 * to it makes a verb's span the active one while the backend works, so that whatever is traced in there is its child.
 * Only functions are bound; an EventEmitter is handed back as it is, and its listeners can be bound one by one.
 */
export class StorageContextManager implements ContextManager {
  readonly storage: AsyncLocalStorage<Context> = new AsyncLocalStorage();

  active(): Context {
    return this.storage.getStore() ?? ROOT_CONTEXT;
  }

  with<A extends unknown[], F extends (...args: A) => ReturnType<F>>(
    context: Context,
    fn: F,
    thisArg?: ThisParameterType<F>,
    ...args: A
  ): ReturnType<F> {
    return this.storage.run(context, () => fn.call(thisArg as ThisParameterType<F>, ...args));
  }

  bind<T>(context: Context, target: T): T {
    if (typeof target !== "function") return target;
    const { storage } = this;
    function run(this: unknown, ...args: unknown[]): unknown {
      return storage.run(context, () => Reflect.apply(target as () => unknown, this, args));
    }
    return run as T;
  }

  enable(): this {
    return this;
  }

  disable(): this {
    this.storage.disable();
    return this;
  }
}
