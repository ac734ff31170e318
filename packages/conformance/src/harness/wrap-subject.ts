/** A subject whose every backend goes through a wrapper: what judges wrappers. */

import type { StoreBackend } from "@engenho/sdk";
import type { Subject } from "./subject.ts";

/** Puts something around a backend: a cache, a tracer, a client and its server. */
export type BackendWrapper = (backend: StoreBackend) => StoreBackend | Promise<StoreBackend>;

/**
 * The subject with `wrap` around every backend that it opens, opens again, or opens after a crash or a loss of power. A wrapper that
 * promises the contract passes whatever the subject passes. If it throws, the backend is closed. The subject's
 * `module` is not the wrapped one's: that has to say its own.
 *
 * @param name Where it should differ, to judge both in one run. Default: the subject's.
 *
 * @example
 * import { traceBackend } from "@engenho/sdk/tracing";
 *
 * export default wrapSubject(subject, traceBackend);
 */
export function wrapSubject(
  subject: Subject,
  wrap: BackendWrapper,
  name: string = subject.name,
): Subject {
  const wrapped = async (opening: Promise<StoreBackend>): Promise<StoreBackend> => {
    const backend = await opening;
    try {
      return await wrap(backend);
    } catch (error) {
      await backend.close();
      throw error;
    }
  };
  const { samples, knownFailures, reopen, crash, cutPower, fail, outside, steps, damage } = subject;
  // Called as methods: a subject may be an object of a class.
  return {
    name,
    open: (context) => wrapped(subject.open(context)),
    ...(reopen && { reopen: (context) => wrapped(reopen.call(subject, context)) }),
    ...(crash && { crash: (...contexts) => wrapped(crash.call(subject, ...contexts)) }),
    ...(cutPower && { cutPower: (...contexts) => wrapped(cutPower.call(subject, ...contexts)) }),
    ...(fail && { fail: (context) => fail.call(subject, context) }),
    ...(outside && { outside: (context) => outside.call(subject, context) }),
    ...(steps && { steps }),
    ...(damage && { damage }),
    ...(samples && { samples }),
    ...(knownFailures && { knownFailures }),
  };
}
