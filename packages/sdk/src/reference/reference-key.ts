/** One text per reference, for use as a key in maps and key-value stores. */

import type { ResourceRef } from "../contract/index.ts";

/**
 * A text that no other reference has: kind, namespace (empty for none) and name, separated by NUL,
 * which no field may contain.
 *
 * @example
 * referenceKey({ kind: "Pod", name: "nginx", namespace: "default" }); // "Pod\0default\0nginx"
 */
export function referenceKey(ref: ResourceRef): string {
  return `${ref.kind}\0${ref.namespace ?? ""}\0${ref.name}`;
}
