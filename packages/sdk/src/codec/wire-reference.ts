/** A reference as both wire formats hold it: `{kind, name, namespace|null}`. */

import { BackendError, type ResourceRef } from "../contract/index.ts";
import type { CborReader } from "./cbor-reader.ts";
import { encodeText, type WireValue } from "./cbor-writer.ts";

/** A reference and the bytes of which it was read. */
export interface SpelledReference {
  readonly ref: ResourceRef;
  readonly spelledIn: Uint8Array;
  readonly start: number;
  readonly end: number;
}

/** A reference as it is written, its keys in deterministic order; UTF-8 has no lone surrogates. */
export function wireReference({ kind, name, namespace }: ResourceRef): WireValue {
  return {
    kind: kind.toWellFormed(),
    name: name.toWellFormed(),
    namespace: namespace === undefined ? null : namespace.toWellFormed(),
  };
}

/**
 * Reads a reference; a missing namespace is none, other keys are ignored. An empty one is none too: the
 * Rust implementation writes that for manifests that say `namespace: ""`. Texts that are those of a
 * likely reference are not made anew.
 */
export function readWireReference(reader: CborReader, likely?: ResourceRef): ResourceRef {
  return readUsual(reader, likely) ?? readAny(reader);
}

/** Reads a reference; what is spelled as a likely one is that very object, and not read again. */
export function readRepeatedReference(
  reader: CborReader,
  likely: SpelledReference | undefined,
): ResourceRef {
  if (likely !== undefined && reader.skipIf(likely.spelledIn, likely.start, likely.end))
    return likely.ref;
  return readWireReference(reader);
}

/** Reads the spelling that is written; undefined, and nothing read, for any other. */
function readUsual(reader: CborReader, likely: ResourceRef | undefined): ResourceRef | undefined {
  const start = reader.offset;
  if (reader.skipIf(startWithKind)) {
    const kind = reader.readText("ref.kind", likely?.kind);
    if (reader.skipIf(nameKey)) {
      const name = reader.readText("ref.name");
      if (reader.skipIf(namespaceKey)) {
        const namespace = reader.readTextOrNull("ref.namespace", likely?.namespace);
        return reference(kind, name, namespace);
      }
    }
  }
  reader.offset = start;
  return undefined;
}

const startWithKind = Uint8Array.of(0xa3, ...encodeText("kind"));
const nameKey = encodeText("name");
const namespaceKey = encodeText("namespace");

function readAny(reader: CborReader): ResourceRef {
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
  return reference(kind, name, namespace);
}

function reference(kind: string, name: string, namespace: string | null): ResourceRef {
  return namespace === null || namespace === "" ? { kind, name } : { kind, name, namespace };
}
