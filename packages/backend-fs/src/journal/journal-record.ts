/** What a journal's segments are made of: checksummed records, each a change of one resource. */

import { crc32 } from "node:zlib";
import type { Change } from "../commit/commit-batch.ts";
import { isTreePath } from "../own-directories.ts";

/**
 * A record: its length without these eight bytes and the CRC-32 of what follows, both as 32 bits, the most
 * significant byte first; the length of a header, likewise; the header, which is JSON; the file's bytes.
 */
interface Header {
  /** Where the bytes go. Without it, there are none. */
  readonly put?: string;
  /** The file's time of modification, in microseconds. */
  readonly modified?: number;
  readonly removes: readonly string[];
}

const frame = 8;

/** One change as a record. */
export function encodeRecord({ put, removes }: Change): Uint8Array {
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
  const record = Buffer.alloc(frame + 4 + text.length + bytes.length);
  record.writeUInt32BE(record.length - frame, 0);
  record.writeUInt32BE(text.length, frame);
  text.copy(record, frame + 4);
  record.set(bytes, frame + 4 + text.length);
  record.writeUInt32BE(crc32(record.subarray(frame)), 4);
  return record;
}

/** The changes of a segment, in their order, and whether it ends in something that is no record. */
export function decodeRecords(segment: Uint8Array): {
  readonly changes: readonly Change[];
  readonly isTorn: boolean;
} {
  const bytes = Buffer.from(segment.buffer, segment.byteOffset, segment.byteLength);
  const changes: Change[] = [];
  let at = 0;
  while (at < bytes.length) {
    const end = at + frame <= bytes.length ? at + frame + bytes.readUInt32BE(at) : Infinity;
    if (end > bytes.length || end < at + frame + 4) break;
    const body = bytes.subarray(at + frame, end);
    const change = crc32(body) === bytes.readUInt32BE(at + 4) ? decodeBody(body) : undefined;
    if (change === undefined) break;
    changes.push(change);
    at = end;
  }
  return { changes, isTorn: at < bytes.length };
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
