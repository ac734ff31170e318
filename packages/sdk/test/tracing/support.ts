/** What the tests of tracing share: manifests with a secret in them, and ears. */

import { onTestFinished } from "vitest";
import { createInMemoryBackend, type ResourceRef, type StoreBackend } from "../../src/index.ts";
import {
  followVerbs,
  followWatches,
  traceBackend,
  type VerbContext,
  type WatchEndMessage,
  type WatchEventMessage,
} from "../../src/tracing/index.ts";

/** What no message may have. */
export const secret = "hunter2";

export function secretManifest(name: string, value = secret): Uint8Array {
  const lines = [
    ...["apiVersion: v1", "kind: Secret", `metadata: { name: ${name}, namespace: shop }`],
    `stringData: { password: ${value} }`,
  ];
  return new TextEncoder().encode(`${lines.join("\n")}\n`);
}

export function secretRef(name: string): ResourceRef {
  return { kind: "Secret", name, namespace: "shop" };
}

/** A traced in-memory backend, closed with the test. */
export async function openTraced(name = "in-memory"): Promise<StoreBackend> {
  const backend = await createInMemoryBackend({ name });
  onTestFinished(() => backend.close());
  return traceBackend(backend);
}

/** The contexts of the calls that have settled, for the rest of the test. */
export function recordCalls(): VerbContext[] {
  const contexts: VerbContext[] = [];
  onTestFinished(followVerbs({ asyncEnd: (context) => void contexts.push(context) }));
  return contexts;
}

/** What is told of watches, for the rest of the test. */
export function recordWatches(): {
  readonly events: WatchEventMessage[];
  readonly ends: WatchEndMessage[];
} {
  const events: WatchEventMessage[] = [];
  const ends: WatchEndMessage[] = [];
  onTestFinished(
    followWatches({
      event: (message) => void events.push(message),
      end: (message) => void ends.push(message),
    }),
  );
  return { events, ends };
}

/** A backend with some methods of its own. */
export function withParts(backend: StoreBackend, parts: Partial<StoreBackend>): StoreBackend {
  return new Proxy(backend, {
    get(target, key) {
      const own: unknown = Reflect.get(Object.hasOwn(parts, key) ? parts : target, key);
      return typeof own === "function" ? own.bind(target) : own;
    },
  });
}
