/** The changes that a history tells of, by what events show of them. */

import type { Operation } from "../linearizability/operation.ts";
import { prefixLength } from "../prefix-length.ts";
import { type ShownResource, versionOf } from "./observed-watch.ts";

/** A write of which its caller was told that it has made or replaced the resource. */
export type Acknowledged = Operation & {
  readonly input: { readonly verb: "apply"; readonly body: string };
  readonly result: { readonly type: "created" | "replaced"; readonly revision: string };
};

/** Looks changes up. */
export class KnownChanges {
  /** By version. */
  readonly #acknowledged = new Map<string, Acknowledged>();
  /** By resource and body: when writes of unknown outcome were called, the earliest first. */
  readonly #unknown = new Map<string, number[]>();
  /** By resource. */
  readonly #byResource = new Map<string, Acknowledged[]>();

  constructor(history: readonly Operation[]) {
    for (const each of history) {
      if (isAcknowledged(each)) {
        const { resource, result } = each;
        this.#acknowledged.set(versionOf({ resource, revision: result.revision }), each);
        const others = this.#byResource.get(each.resource) ?? [];
        others.push(each);
        this.#byResource.set(each.resource, others);
      } else if (each.input.verb === "apply" && each.result.type === "unknown") {
        const key = keyOf(each.resource, each.input.body);
        const calls = this.#unknown.get(key) ?? [];
        calls.push(each.call);
        this.#unknown.set(key, calls);
      }
    }
    for (const calls of this.#unknown.values()) calls.sort((a, b) => a - b);
  }

  /** Every acknowledged change, resource by resource. */
  get all(): ReadonlyMap<string, readonly Acknowledged[]> {
    return this.#byResource;
  }

  /** The acknowledged change that has brought this version. */
  of(version: Pick<ShownResource, "resource" | "revision">): Acknowledged | undefined {
    return this.#acknowledged.get(versionOf(version));
  }

  /** How many writes of unknown outcome could have brought this state of a resource by then. */
  unknownOnes({ resource, body }: ShownResource, by: number): number {
    const calls = this.#unknown.get(keyOf(resource, body)) ?? [];
    return prefixLength(calls, (call) => call < by);
  }
}

function isAcknowledged(operation: Operation): operation is Acknowledged {
  const { input, result } = operation;
  return input.verb === "apply" && (result.type === "created" || result.type === "replaced");
}

function keyOf(resource: string, body: string): string {
  return JSON.stringify([resource, body]);
}
