/** A reference as both wire formats hold it: `{kind, name, namespace|null}`. */

import { BackendError, type ResourceRef } from "../contract/index.ts";
import type { CborReader } from "./cbor-reader.ts";
import type { WireValue } from "./cbor-writer.ts";

/** The reference as a value to write, its keys in deterministic order. */
export function wireReference(ref: ResourceRef): WireValue {
  return { kind: ref.kind, name: ref.name, namespace: ref.namespace ?? null };
}

/**
 * Reads a reference; a missing namespace is none, other keys are ignored. An empty one is none too: the
 * Rust implementation writes that for manifests that say `namespace: ""`.
 */
export function readWireReference(reader: CborReader): ResourceRef {
  let kind: string | undefined;
  let name: string | undefined;
  let namespace: string | null = null;
  reader.readMap("ref", (key) => {
    if (key === "kind") kind = reader.readText("ref.kind");
    else if (key === "name") name = reader.readText("ref.name");
    else if (key === "namespace") namespace = reader.readTextOrNull("ref.namespace");
    else reader.skipValue();
  });
  if (kind === undefined) throw new BackendError("corrupt", "ref has no kind");
  if (name === undefined) throw new BackendError("corrupt", "ref has no name");
  return namespace === null || namespace === "" ? { kind, name } : { kind, name, namespace };
}
