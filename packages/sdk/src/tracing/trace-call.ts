/** Publishes one call of a verb, from its start to its end. */

import type { TracingChannel } from "node:diagnostics_channel";
import { BackendError } from "../contract/index.ts";
import { aboutReference, type Facts, quietly, tracedError } from "./describe.ts";
import type { VerbContext } from "./messages.ts";

/** What a backend's method returns, as a promise even if it throws. */
export function promised<T>(call: () => Promise<T>): Promise<T> {
  try {
    return Promise.resolve(call());
  } catch (error) {
    return Promise.reject(error);
  }
}

/**
 * Calls, and publishes as `TracingChannel.tracePromise` does, which is not used because it adds the result
 * to what it publishes: bodies. A subscriber that throws changes nothing here: Node goes on, and reports its
 * error as an uncaught exception of its own.
 */
export function traceCall<T>(
  { start, end, asyncStart, asyncEnd, error }: TracingChannel<unknown, VerbContext>,
  context: VerbContext,
  call: () => Promise<T>,
  learn: (result: T) => Facts,
): Promise<T> {
  const learnt = (facts: Facts): void => void Object.assign(context, facts);
  const settled = (): void => {
    asyncStart.publish(context);
    asyncEnd.publish(context);
  };
  return start.runStores(context, () => {
    const promise = promised(call).then(
      (result) => {
        quietly(() => learnt(learn(result)));
        settled();
        return result;
      },
      (failure: unknown) => {
        quietly(() => learnt(BackendError.is(failure) ? aboutReference(failure.ref) : {}));
        quietly(() => learnt({ error: tracedError(failure) }));
        error.publish(context);
        settled();
        throw failure;
      },
    );
    end.publish(context);
    return promise;
  });
}
