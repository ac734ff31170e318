/** Bytes to text, and places in text, for the readers of text formats. */

import { BackendError } from "../contract/index.ts";

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/**
 * The text of a body; a byte order mark stays in it.
 *
 * @throws BackendError `invalid_manifest` if it is not UTF-8, with the place of the first wrong byte.
 */
export function decodeText(body: Uint8Array): string {
  try {
    return decoder.decode(body);
  } catch {
    const valid = body.subarray(0, validPrefixLength(body));
    // As a stream: the first bytes of a character that goes wrong do not count.
    const before = new TextDecoder("utf-8", { ignoreBOM: true }).decode(valid, { stream: true });
    throw invalidAt(before, before.length, "the body is not valid UTF-8");
  }
}

/** An `invalid_manifest` that begins with the place: `line 3, column 5: …`. */
export function invalidAt(text: string, offset: number, problem: string): BackendError {
  return new BackendError("invalid_manifest", `${placeOf(text, offset)}: ${problem}`);
}

/** The place of a UTF-16 offset, lines and characters counted from 1: `line 3, column 5`. */
export function placeOf(text: string, offset: number): string {
  let line = 1;
  let lineStart = 0;
  for (let at = text.indexOf("\n"); at !== -1 && at < offset; at = text.indexOf("\n", at + 1)) {
    line++;
    lineStart = at + 1;
  }
  return `line ${line}, column ${1 + countCharacters(text, lineStart, offset)}`;
}

/** Counted one by one: a line may be a whole catalog, too long to be spread. */
function countCharacters(text: string, start: number, end: number): number {
  let count = 0;
  for (let at = start; at < end; count++) at += (text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1;
  return count;
}

/** How many bytes from the start are UTF-8, up to a character that is cut off or wrong. */
function validPrefixLength(bytes: Uint8Array): number {
  let valid = validChunksLength(bytes);
  const start = valid;
  let limit = Math.min(bytes.length, valid + chunkLength);
  while (valid < limit) {
    const middle = Math.ceil((valid + limit) / 2);
    if (isValidPrefix(bytes.subarray(start, middle))) valid = middle;
    else limit = middle - 1;
  }
  return valid;
}

const chunkLength = 65_536;

/** The chunks that are UTF-8, up to the last whole character in them: each byte is looked at once or twice. */
function validChunksLength(bytes: Uint8Array): number {
  let valid = 0;
  while (valid < bytes.length) {
    let end = Math.min(bytes.length, valid + chunkLength);
    if (!isValidPrefix(bytes.subarray(valid, end))) break;
    if (end === bytes.length) return end;
    while (isContinuation(bytes[end])) end--;
    valid = end;
  }
  return valid;
}

/** Whether a byte stands within a character and begins none. */
function isContinuation(byte: number | undefined): boolean {
  return byte !== undefined && (byte & 0xc0) === 0x80;
}

function isValidPrefix(bytes: Uint8Array): boolean {
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(bytes, { stream: true });
    return true;
  } catch {
    return false;
  }
}
