/** The payload of a catalog snapshot: JSON `{"catalog":…,"last_applied_index":…}`. */

import { Buffer, constants } from "node:buffer";
import { DecimalNumber, type ManifestValue, readJson } from "../adapters/index.ts";
import { CatalogSnapshotError } from "../codec/catalog-snapshot-error.ts";
import { BackendError } from "../contract/index.ts";
import { writeJsonText } from "./json-text.ts";
import { plainValue } from "./json-value.ts";

/** The largest index that Rust's u64 holds. */
export const maxLogIndex: bigint = 2n ** 64n - 1n;

/** A payload is read as one text: the decoder takes no more bytes than a text can have characters. */
const maxPayloadBytes = constants.MAX_STRING_LENGTH;

/** What a payload says. */
export interface CatalogPayload {
  /** Any JSON value, as plain arrays and objects. */
  readonly catalog: unknown;
  readonly lastAppliedIndex: bigint;
}

/**
 * @param maxBytes What cannot be read again is not written.
 * @throws CatalogSnapshotError `encode`.
 */
export function writeCatalogPayload(
  catalog: unknown,
  lastAppliedIndex: bigint,
  maxBytes: number = maxPayloadBytes,
): Uint8Array {
  try {
    // The catalog stands in the payload's own object.
    const text = writeJsonText(catalog, { name: "catalog" }, 1);
    const payload = `{"catalog":${text},"last_applied_index":${lastAppliedIndex}}`;
    if (Buffer.byteLength(payload) > maxBytes) {
      const problem = `the catalog is more than ${maxBytes} bytes of JSON`;
      throw new CatalogSnapshotError("encode", `${problem}, which could not be read again`);
    }
    return new TextEncoder().encode(payload);
  } catch (cause) {
    if (CatalogSnapshotError.is(cause)) throw cause;
    // A getter or a toJSON threw, or the text is longer than a text can be.
    throw new CatalogSnapshotError("encode", "the catalog cannot be written as JSON", { cause });
  }
}

/** @throws CatalogSnapshotError `decode`. Fields beside the two are ignored. */
export function readCatalogPayload(payload: Uint8Array): CatalogPayload {
  const fields = readDocument(payload);
  if (!(fields instanceof Map)) refuse("the payload is not a JSON object");
  const members: ReadonlyMap<string, ManifestValue> = fields;
  const catalog = members.get("catalog");
  if (catalog === undefined) refuse("the payload has no catalog");
  const index = members.get("last_applied_index");
  if (index === undefined) refuse("the payload has no last_applied_index");
  return { catalog: plainValue(catalog), lastAppliedIndex: logIndex(index) };
}

function readDocument(payload: Uint8Array): ManifestValue {
  if (payload.length > maxPayloadBytes)
    refuse(`the payload has more than ${maxPayloadBytes} bytes`);
  try {
    return readJson(payload);
  } catch (cause) {
    if (!BackendError.is(cause)) throw cause;
    throw new CatalogSnapshotError("decode", `the payload is not JSON: ${cause.reason}`, { cause });
  }
}

function logIndex(value: ManifestValue): bigint {
  if (value instanceof DecimalNumber && /^\d{1,20}$/.test(value.text)) {
    const index = BigInt(value.text);
    if (index <= maxLogIndex) return index;
  }
  return refuse(`last_applied_index is not an integer from 0 to ${maxLogIndex}`);
}

function refuse(reason: string): never {
  throw new CatalogSnapshotError("decode", reason);
}
