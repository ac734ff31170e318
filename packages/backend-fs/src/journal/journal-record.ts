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

/** What is kept of a change. */
export interface JournalRecord {
  /** The header as JSON. */
  readonly header: string;
  /** Of the file. */
  readonly bytes: Uint8Array;
  /** All of it, in bytes. */
  readonly size: number;
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

const noBytes = new Uint8Array();

/** A change as a record. */
export function recordOf({ put, removes }: Change): JournalRecord {
  const content: Header =
    put === undefined
      ? { removes }
      : {
          put: put.path,
          ...(put.modified === undefined ? {} : { modified: put.modified }),
          removes,
        };
  const header = JSON.stringify(content);
  const bytes = put?.bytes ?? noBytes;
  return { header, bytes, size: frameLength + 4 + Buffer.byteLength(header) + bytes.length };
}

/**
 * The bytes of one append, in a buffer of their own.
 *
 * @param mark What tells the segment's records from everything else.
 * @param began Where in the segment the append begins.
 */
export function encodeAppend(
  records: readonly JournalRecord[],
  mark: Uint8Array,
  began: number,
): Uint8Array<ArrayBuffer> {
  const buffer = new ArrayBuffer(records.reduce((sum, { size }) => sum + size, 0));
  const append = Buffer.from(buffer);
  let at = 0;
  for (const { header, bytes, size } of records) {
    const end = at + size;
    append.set(mark, at);
    append.writeUInt32BE(began, at + markLength + 4);
    append.writeUInt32BE(size - frameLength, at + markLength + 8);
    append.writeUInt32BE(size - frameLength - 4 - bytes.length, at + frameLength);
    append.write(header, at + frameLength + 4);
    append.set(bytes, end - bytes.length);
    append.writeUInt32BE(crc32(append.subarray(at + markLength + 4, end)), at + markLength);
    at = end;
  }
  return append;
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
  const decoding = decodingSegment(segment);
  for (let step = decoding.next(); ; step = decoding.next()) if (step.done) return step.value;
}

/** The same, one step for each record: a segment may have hundreds of thousands. */
export function* decodingSegment(segment: Uint8Array): Generator<undefined, DecodedSegment> {
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
    yield;
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
