/** The wire formats: an envelope is one resource in CBOR, a snapshot the array of all of them. */

import assert from "node:assert/strict";
import { BackendError, type ResourceRef } from "@engenho/sdk";
import { decode, encode, rfc8949EncodeOptions, Token, Tokenizer, Type } from "cborg";

export function encodeEnvelope(ref: ResourceRef, format: string, payload: Uint8Array): Uint8Array {
  return encode({ ref: wireReference(ref), format, payload }, rfc8949EncodeOptions);
}

export function encodeSnapshot(entries: { ref: ResourceRef; envelope: Uint8Array }[]): Uint8Array {
  const items = entries.map(({ ref, envelope }) => [wireReference(ref), envelope]);
  return encode(items, rfc8949EncodeOptions);
}

const wireReference = (ref: ResourceRef) => ({ ...ref, namespace: ref.namespace ?? null });

/** @throws BackendError `corrupt`, or with the code that is given */
export function decodeEnvelope(bytes: Uint8Array, code = "corrupt") {
  return read(bytes, code, (item) => {
    const { ref, format, payload } = fieldsOf(item);
    return { ref: referenceOf(ref), format: textOf(format), payload: bytesOf(payload) };
  });
}

/** @throws BackendError `corrupt` */
export function decodeSnapshot(bytes: Uint8Array) {
  return read(bytes, "corrupt", (items) => {
    assert(Array.isArray(items), "a snapshot is an array");
    return items.map((item: unknown) => {
      assert(Array.isArray(item) && item.length === 2, "an entry is a reference and an envelope");
      return { ref: referenceOf(item[0]), envelope: bytesOf(item[1]) };
    });
  });
}

function referenceOf(item: unknown): ResourceRef {
  const { kind, name, namespace } = fieldsOf(item);
  assert(typeof kind === "string" && typeof name === "string", "a reference has kind and name");
  const scope = textOf(namespace) || undefined; // empty text is no namespace
  return scope === undefined ? { kind, name } : { kind, name, namespace: scope };
}

function fieldsOf(item: unknown): Record<string, unknown> {
  assert(item instanceof Map, "envelopes and references are maps");
  return Object.fromEntries(item);
}

function textOf(item: unknown): string | undefined {
  if (item === undefined || item === null) return undefined;
  assert(typeof item === "string", "a text is something else");
  return item;
}

/** Bytes may be spelled as an array of integers: so serde writes a `Vec<u8>`. */
function bytesOf(item: unknown): Uint8Array {
  if (item instanceof Uint8Array) return item;
  const isByte = (part: unknown) => part === (Number(part) & 255);
  assert(Array.isArray(item) && item.every(isByte), "bytes are something else");
  return Uint8Array.from(item);
}

function read<T>(bytes: Uint8Array, code: string, shape: (item: unknown) => T): T {
  try {
    const tokenizer = new StrictTokenizer(bytes, { retainStringBytes: true });
    const strict = { useMaps: true, rejectDuplicateMapKeys: true, tags: { 64: taggedBytes } };
    const item: unknown = decode(bytes, { ...strict, tokenizer });
    checkParts(item, 66);
    return shape(item);
  } catch (cause) {
    // Nesting that exhausts the stack is among the causes.
    throw new BackendError(code, "the CBOR is not what it should be", { cause });
  }
}

/** Tag 64 says of a byte string that its items are bytes (RFC 8746). cborg refuses every other tag. */
function taggedBytes(content: () => unknown): Uint8Array {
  const bytes = content();
  assert(bytes instanceof Uint8Array, "tag 64 is not on a byte string");
  return bytes;
}

/** Refuses what cborg lets pass: depth, half characters, keys that it cannot compare, a map that ends behind a key. */
export function checkParts(item: unknown, levels: number): void {
  assert(typeof item !== "symbol", "a value is missing");
  assert(typeof item !== "string" || item.isWellFormed(), "a text is not well-formed Unicode");
  if (item instanceof Map) {
    // A lone surrogate stands in no text, so that bytes and texts are kept apart.
    const keys = [...item.keys()].map((key) =>
      key instanceof Uint8Array ? `\ud800${key.join()}` : key,
    );
    assert(new Set(keys).size === keys.length, "a key is there twice");
    assert(
      keys.every((key) => /string|number|bigint/.test(typeof key)),
      "a key is no key",
    );
    for (const key of item.keys()) checkParts(key, 0);
  }
  if (!(item instanceof Map || Array.isArray(item))) return;
  assert(levels > 0, "a value is nested too deeply");
  for (const part of item.values()) checkParts(part, levels - 1);
}

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Reads what cborg does not, strings in chunks, and refuses what it mends, text that is not UTF-8. */
class StrictTokenizer extends Tokenizer {
  override next(): Token {
    const head = this.data[this.pos()];
    if (head !== 0x5f && head !== 0x7f) return this.#nextWhole();
    this._pos++; // oxlint-disable-line no-underscore-dangle -- cborg has no other way to step on
    const chunks = [];
    for (let chunk = this.#nextWhole(); chunk.type !== Type.break; chunk = this.#nextWhole()) {
      assert(chunk.type.major === head >> 5, "a chunk is not of its string's type");
      chunks.push(chunk.value);
    }
    if (head === 0x7f) return new Token(Type.string, chunks.join(""));
    return new Token(Type.bytes, new Uint8Array(Buffer.concat(chunks)));
  }

  #nextWhole(): Token {
    const token = super.next();
    if (token.byteValue !== undefined) token.value = utf8.decode(token.byteValue);
    return token;
  }
}
