/** What CBOR says to a reader that knows nothing of ours: cborg, which this package does not use. */

import * as cborg from "cborg";
import type { ResourceRef } from "../../src/contract/index.ts";

/** The value, with maps as Maps; undefined if cborg does not take the bytes. */
export function peerValue(bytes: Uint8Array, isStrict = false): unknown {
  try {
    return cborg.decode(bytes, {
      useMaps: true,
      rejectDuplicateMapKeys: isStrict,
      tags: { 64: taggedBytes },
    });
  } catch {
    return undefined;
  }
}

/** Tag 64 stands before a byte string and changes nothing. */
function taggedBytes(decode: () => unknown): unknown {
  const value = decode();
  if (value instanceof Uint8Array) return value;
  throw new TypeError("tag 64 is on something other than a byte string");
}

/** The bytes that a value is in any of the spellings that are read. */
export function peerBytes(value: unknown): Uint8Array | undefined {
  if (value instanceof Uint8Array) return value;
  const isBytes = Array.isArray(value) && value.every((item) => Number.isInteger(item));
  return isBytes && value.every((item) => item >= 0 && item < 256)
    ? Uint8Array.from(value)
    : undefined;
}

/** The reference that a value is; undefined if it is none. */
export function peerReference(value: unknown): ResourceRef | undefined {
  if (!(value instanceof Map)) return undefined;
  const [kind, name] = [value.get("kind"), value.get("name")];
  const namespace = value.get("namespace") ?? undefined;
  if (typeof kind !== "string" || typeof name !== "string") return undefined;
  if (namespace === undefined || namespace === "") return { kind, name };
  return typeof namespace === "string" ? { kind, name, namespace } : undefined;
}

/** Reasons for which we refuse what another reader may take: policy of the format, not its shape. */
export const isPolicy: RegExp =
  /nested more than|^tag |tag 64 is on|neither text nor an integer|not valid UTF-8|key twice/;

/** Whether a value has maps whose keys cborg cannot compare or that are not of the format. */
export function hasOnlySimpleKeys(value: unknown): boolean {
  if (value instanceof Map) {
    return [...value].every(
      ([key, item]) =>
        (typeof key === "string" || Number.isSafeInteger(key) || typeof key === "bigint") &&
        hasOnlySimpleKeys(item),
    );
  }
  return !Array.isArray(value) || value.every(hasOnlySimpleKeys);
}
