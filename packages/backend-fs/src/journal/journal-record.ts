/** What a journal's segments are made of: a header, and checksummed records that tell which append brought them. */

import { randomBytes } from "node:crypto";
import { crc32 } from "node:zlib";
import type { Change } from "../commit/commit-batch.ts";
import { isTreePath } from "../own-directories.ts";

/*
 * A segment begins with its title, its mark and the CRC-32 of both. A record is a frame and a body. The frame: the
 * mark; the CRC-32 of all that follows; where in the segment the append began that brought it; the body's length. The
 * body: the length of a header; the header, which is JSON; the file's bytes. Numbers have 32 bits, the most significant
 * byte first.
 *
 * An append begins only once the one before it is on the disk for good. So what cannot be read is a torn last append if
 * no later one has begun, and damage if one has. The mark is random, so that no file's bytes pass for a record.
 */
const title = Buffer.from("engenho journal 1\n");
const markLength = 8;
const headerLength = title.length + markLength + 4;
const frameLength = markLength + 12;

/** What a change is, before the bytes of its file. */
interface Header {
  /** Where the bytes go. Without it, there are none. */
  readonly put?: string;
  /** The file's time of modification, in microseconds. */
  readonly modified?: number;
  readonly removes: readonly string[];
}

/** Where records are added. */
export interface SegmentEnd {
  /** What tells the segment's records from everything else. */
  readonly mark: Uint8Array;
  /** Its bytes so far. */
  readonly length: number;
}

/** A new segment: its mark, and the bytes that it begins with. */
export function beginSegment(mark: Uint8Array = randomBytes(markLength)): {
  readonly mark: Uint8Array;
  readonly header: Uint8Array;
} {
  const header = Buffer.concat([title, mark, Buffer.alloc(4)]);
  const end = headerLength - 4;
  header.writeUInt32BE(crc32(header.subarray(0, end)), end);
  return { mark, header };
}

/** One change as a record of the append that begins there. */
export function encodeRecord({ put, removes }: Change, { mark, length }: SegmentEnd): Uint8Array {
  const header: Header =
    put === undefined
      ? { removes }
      : {
          put: put.path,
          ...(put.modified === undefined ? {} : { modified: put.modified }),
          removes,
        };
  const text = Buffer.from(JSON.stringify(header));
  const bytes = put?.bytes ?? new Uint8Array();
  // From Node's pool, and written to its last byte.
  const record = Buffer.allocUnsafe(frameLength + 4 + text.length + bytes.length);
  record.set(mark, 0);
  record.writeUInt32BE(length, markLength + 4);
  record.writeUInt32BE(record.length - frameLength, markLength + 8);
  record.writeUInt32BE(text.length, frameLength);
  text.copy(record, frameLength + 4);
  record.set(bytes, frameLength + 4 + text.length);
  record.writeUInt32BE(crc32(record.subarray(markLength + 4)), markLength);
  return record;
}

/** What a segment holds. */
export interface DecodedSegment {
  /** In their order, up to what cannot be read. */
  readonly changes: readonly Change[];
  /** Where that begins; undefined if there is nothing of the kind. */
  readonly brokenAt: number | undefined;
  /** Whether it was written last, so that nobody was told yet that it is there. */
  readonly isTorn: boolean;
}

/** Reads a segment. */
export function decodeSegment(segment: Uint8Array): DecodedSegment {
  const bytes = Buffer.from(segment.buffer, segment.byteOffset, segment.byteLength);
  const mark = readMark(bytes);
  // Nothing is appended before the header is there for good.
  if (mark === undefined) return { changes: [], brokenAt: 0, isTorn: bytes.length <= headerLength };
  const changes: Change[] = [];
  let began = headerLength;
  let at = headerLength;
  while (at < bytes.length) {
    const record = readRecord(bytes, mark, at);
    if (record === undefined)
      return { changes, brokenAt: at, isTorn: !hasLaterAppend(bytes, mark, at) };
    const change = decodeBody(record.body);
    const isInPlace = record.began === at || record.began === began;
    if (change === undefined || !isInPlace) return { changes, brokenAt: at, isTorn: false };
    changes.push(change);
    began = record.began;
    at = record.end;
  }
  return { changes, brokenAt: undefined, isTorn: false };
}

function readMark(bytes: Buffer): Uint8Array | undefined {
  const mark = bytes.subarray(title.length, title.length + markLength);
  if (mark.length < markLength) return undefined;
  const { header } = beginSegment(mark);
  return bytes.subarray(0, headerLength).equals(header) ? mark : undefined;
}

/** The record at a place, if a whole one is there. */
function readRecord(
  bytes: Buffer,
  mark: Uint8Array,
  at: number,
): { readonly body: Buffer; readonly began: number; readonly end: number } | undefined {
  if (at + frameLength > bytes.length) return undefined;
  if (!bytes.subarray(at, at + markLength).equals(mark)) return undefined;
  const end = at + frameLength + bytes.readUInt32BE(at + markLength + 8);
  if (end > bytes.length || end < at + frameLength + 4) return undefined;
  const checked = bytes.subarray(at + markLength + 4, end);
  if (crc32(checked) !== bytes.readUInt32BE(at + markLength)) return undefined;
  const began = bytes.readUInt32BE(at + markLength + 4);
  return { body: bytes.subarray(at + frameLength, end), began, end };
}

/** Whether an append has begun after a place: all that is before such a one was there for good by then. */
function hasLaterAppend(bytes: Buffer, mark: Uint8Array, place: number): boolean {
  for (let at = bytes.indexOf(mark, place + 1); at >= 0; at = bytes.indexOf(mark, at + 1)) {
    if (at + frameLength > bytes.length) return false;
    const began = bytes.readUInt32BE(at + markLength + 4);
    if (began > place && began <= at) return true;
  }
  return false;
}

function decodeBody(body: Buffer): Change | undefined {
  const length = body.readUInt32BE(0);
  if (4 + length > body.length) return undefined;
  let header: Partial<Header>;
  try {
    header = JSON.parse(body.toString("utf8", 4, 4 + length)) as Partial<Header>;
  } catch {
    return undefined;
  }
  const { put: path, modified, removes } = header;
  if (!Array.isArray(removes) || !removes.every(isTreePath)) return undefined;
  if (path === undefined) return { removes };
  if (!isTreePath(path)) return undefined;
  const bytes = new Uint8Array(body.subarray(4 + length));
  return {
    put: { path, bytes, ...(typeof modified === "number" ? { modified } : {}) },
    removes,
  };
}
