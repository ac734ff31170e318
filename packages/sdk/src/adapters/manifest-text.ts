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

/** How many bytes are looked at at once. */
const pieceLength = 65_536;

/** How many bytes from the start are UTF-8, up to a character that is cut off or wrong. */
function validPrefixLength(bytes: Uint8Array): number {
  const inPieces = new TextDecoder("utf-8", { fatal: true });
  let piece = 0;
  try {
    for (; piece < bytes.length; piece += pieceLength)
      inPieces.decode(bytes.subarray(piece, piece + pieceLength), { stream: true });
    return bytes.length;
  } catch {
    // A character may have begun in the piece before, and is four bytes at most.
    let valid = Math.max(0, piece - 4);
    while (valid > 0 && isContinuation(bytes[valid])) valid--;
    return valid + validLength(bytes.subarray(valid, piece + pieceLength));
  }
}

const isContinuation = (byte: number | undefined): boolean => byte !== undefined && byte >> 6 === 2;

/** The same for a few bytes, by bisection. */
function validLength(bytes: Uint8Array): number {
  let valid = 0;
  let limit = bytes.length;
  while (valid < limit) {
    const middle = Math.ceil((valid + limit) / 2);
    if (isValidPrefix(bytes.subarray(0, middle))) valid = middle;
    else limit = middle - 1;
  }
  return valid;
}

function isValidPrefix(bytes: Uint8Array): boolean {
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(bytes, { stream: true });
    return true;
  } catch {
    return false;
  }
}
