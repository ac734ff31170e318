/** One call of each verb, for requirements that hold for all of them. */

import type { ReadOptions, ResourceRef, StoreBackend, Verb } from "@engenho/sdk";
import type { Manifest } from "../../harness/fixtures.ts";

/** A verb, ready to be called on a backend. */
export interface VerbCall {
  readonly verb: Verb;
  call(backend: StoreBackend, options?: ReadOptions): Promise<unknown>;
}

/** The empty snapshot: a CBOR array of nothing. */
export const emptySnapshot: Uint8Array = Uint8Array.of(0x80);

/** All seven verbs, about this manifest. */
export function verbCalls(manifest: Manifest): readonly VerbCall[] {
  const { ref, format, body } = manifest;
  return [
    { verb: "apply", call: (backend, options) => backend.apply(format, body, options) },
    ...referenceCalls(ref, format),
    { verb: "snapshot", call: (backend, options) => backend.snapshot(options) },
    { verb: "restore", call: (backend, options) => backend.restore(emptySnapshot, options) },
  ];
}

/** The verbs that take a reference, or the kind and namespace of one, as an argument. */
export function referenceCalls(
  { kind, name, namespace }: ResourceRef,
  format: string,
): readonly VerbCall[] {
  const ref: ResourceRef = namespace === undefined ? { kind, name } : { kind, name, namespace };
  return [
    { verb: "get", call: (backend, options) => backend.get(ref, format, options) },
    { verb: "list", call: (backend, options) => backend.list(kind, namespace, format, options) },
    { verb: "delete", call: (backend, options) => backend.delete(ref, options) },
    { verb: "watch", call: (backend, options) => backend.watch(kind, namespace, format, options) },
  ];
}
