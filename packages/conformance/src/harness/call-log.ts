/** Which calls of a backend are under way, and how long the others took: what a timeout is explained by. */

import {
  decodeEnvelope,
  formatReference,
  k8sJson,
  k8sYaml,
  type ResourceRef,
  type StoreBackend,
} from "@engenho/sdk";
import { formatDuration } from "./deadline.ts";
import { noteLastCall } from "./last-call.ts";

const verbs = ["apply", "get", "list", "delete", "watch", "snapshot", "restore", "close"] as const;
type Verb = (typeof verbs)[number];

interface Call {
  readonly verb: Verb;
  readonly args: readonly unknown[];
  readonly since: number;
}

/** The calls of one requirement. */
export class CallLog {
  readonly #pending = new Set<Call>();
  readonly #settled = new Map<Verb, { count: number; milliseconds: number }>();

  /** The same backend, with its calls noted here. */
  observe(backend: StoreBackend): StoreBackend {
    const noted = new Map<unknown, unknown>();
    // An object of its own: a proxy may not show other methods than those of a frozen backend.
    return new Proxy(Object.create(backend) as StoreBackend, {
      get: (_, key): unknown => {
        const own: unknown = Reflect.get(backend, key);
        if (typeof own !== "function") return own;
        const known = noted.get(own);
        if (known !== undefined) return known;
        const verb = verbs.find((each) => each === key);
        const call = (...args: unknown[]): unknown => {
          if (verb === undefined) return Reflect.apply(own, backend, args);
          return this.#note(verb, args, () => Reflect.apply(own, backend, args) as unknown);
        };
        noted.set(own, call);
        return call;
      },
      set: (_, key, value) => Reflect.set(backend, key, value),
    });
  }

  /**
   * The oldest call that has waited for so many milliseconds, `apply ConfigMap default/x has been pending for 1 s`, if
   * there is any. A close waits for the other calls, and so counts only if there are none.
   */
  pending(leastMs: number): string | undefined {
    const now = performance.now();
    const calls = [...this.#pending].filter(({ since }) => now - since >= leastMs);
    const oldest = calls.find(({ verb }) => verb !== "close") ?? calls[0];
    if (oldest === undefined) return undefined;
    return `${callText(oldest)} has been pending for ${formatDuration(now - oldest.since)}`;
  }

  /** How many calls of the verb that took the most time, and how long each: `700 calls of apply (43 ms each)`. */
  settled(): string | undefined {
    const [most] = [...this.#settled].toSorted(([, a], [, b]) => b.milliseconds - a.milliseconds);
    if (most === undefined) return undefined;
    const [verb, { count, milliseconds }] = most;
    return `${count} calls of ${verb} (${formatDuration(milliseconds / count)} each)`;
  }

  #note(verb: Verb, args: readonly unknown[], act: () => unknown): unknown {
    const call: Call = { verb, args, since: performance.now() };
    this.#pending.add(call);
    noteLastCall(verb);
    const end = (): void => {
      this.#pending.delete(call);
      const sum = this.#settled.get(verb) ?? { count: 0, milliseconds: 0 };
      this.#settled.set(verb, sum);
      sum.count++;
      sum.milliseconds += performance.now() - call.since;
    };
    try {
      const answer = act();
      // The caller gets the backend's own promise.
      Promise.resolve(answer).then(end, end);
      return answer;
    } catch (error) {
      end();
      throw error;
    }
  }
}

/** `apply ConfigMap default/x`, as far as it can be told. */
function callText({ verb, args }: Call): string {
  const [first, second] = args;
  try {
    if (verb === "apply") return `apply ${formatReference(declared(first, second as Uint8Array))}`;
    if (verb === "get" || verb === "delete")
      return `${verb} ${formatReference(first as ResourceRef)}`;
    if (verb === "list" || verb === "watch") return `${verb} of ${String(first)}`;
  } catch {
    // A body that is hostile, or has been overwritten since.
  }
  return verb;
}

function declared(format: unknown, body: Uint8Array): ResourceRef {
  if (format === "native") return decodeEnvelope(body).ref;
  return (format === "json" ? k8sJson : k8sYaml).reference(body);
}
