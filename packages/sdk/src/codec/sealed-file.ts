/** A payload under seal: a magic line, the payload's length, its BLAKE3-256, the payload. */

import { blake3 } from "@noble/hashes/blake3.js";
import { CatalogSnapshotError } from "./catalog-snapshot-error.ts";

/** What can be sealed. The magic tells them apart, so that one is never read as the other. */
export type SealedContent = "catalog" | "backend";

/** The bytes before the payload: magic, u64 little-endian, hash. */
const headerLength = 68;

const magicLength = 28;
const hashOffset = 36;

const contents: Readonly<
  Record<SealedContent, { readonly line: string; readonly reader: string }>
> = {
  catalog: { line: "engenho-catalog-snapshot v1\n", reader: "CatalogSnapshot.loadFrom" },
  backend: { line: "engenho-backend-snapshot v1\n", reader: "loadSnapshot" },
};

/** The bytes of a sealed file. */
export function seal(content: SealedContent, payload: Uint8Array): Uint8Array {
  const sealed = new Uint8Array(headerLength + payload.length);
  sealed.set(magicOf(content));
  new DataView(sealed.buffer).setBigUint64(magicLength, BigInt(payload.length), true);
  sealed.set(blake3(payload), hashOffset);
  sealed.set(payload, headerLength);
  return sealed;
}

/**
 * The payload of a sealed file, as a view of `sealed`. Its magic is looked at first, then whether it
 * is whole, then the hash, then what follows the payload.
 *
 * @throws CatalogSnapshotError `bad_magic`, `truncated`, `hash_mismatch`, or `decode` for bytes
 * behind the payload.
 */
export function unseal(content: SealedContent, sealed: Uint8Array): Uint8Array {
  checkMagic(content, sealed);
  if (sealed.length < headerLength) {
    const found = `ends after ${sealed.length} bytes`;
    throw new CatalogSnapshotError("truncated", `the file ${found}, within its header`);
  }
  const header = new DataView(sealed.buffer, sealed.byteOffset, headerLength);
  const announced = header.getBigUint64(magicLength, true);
  const rest = sealed.subarray(headerLength);
  if (announced > rest.length) {
    const found = `the file holds ${rest.length} bytes of payload`;
    throw new CatalogSnapshotError("truncated", `${found}, its header announces ${announced}`);
  }
  const payload = rest.subarray(0, Number(announced));
  const expected = sealed.subarray(hashOffset, headerLength);
  if (!startsWith(blake3(payload), expected)) {
    throw new CatalogSnapshotError("hash_mismatch", "the payload is not the one that was sealed");
  }
  if (payload.length < rest.length) {
    const surplus = rest.length - payload.length;
    throw new CatalogSnapshotError("decode", `${surplus} bytes follow the payload`);
  }
  return payload;
}

/** A file that ends within the right magic is cut short; any other start is another kind of file. */
function checkMagic(content: SealedContent, sealed: Uint8Array): void {
  const magic = magicOf(content);
  if (startsWith(magic, sealed.subarray(0, magicLength))) return;
  throw new CatalogSnapshotError("bad_magic", foreignFile(content, sealed));
}

function foreignFile(wanted: SealedContent, sealed: Uint8Array): string {
  const other = wanted === "catalog" ? "backend" : "catalog";
  if (startsWith(sealed, magicOf(other))) {
    return `this is a ${other} snapshot, not a ${wanted} snapshot: ${contents[other].reader} reads it`;
  }
  if (startsWith(sealed, magicOf(wanted).subarray(0, -2))) {
    return `this is a ${wanted} snapshot of a version other than 1, which is not known here`;
  }
  return `this is not a ${wanted} snapshot: it does not begin with its magic line`;
}

function magicOf(content: SealedContent): Uint8Array {
  return new TextEncoder().encode(contents[content].line);
}

function startsWith(bytes: Uint8Array, start: Uint8Array): boolean {
  return start.length <= bytes.length && start.every((byte, at) => byte === bytes[at]);
}
