/** Reads a file that must be a regular one. */

import { constants, type Stats } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { CatalogSnapshotError } from "../codec/catalog-snapshot-error.ts";
import { ioError } from "./file-error.ts";

/** An open file, as far as it is read: the seam where tests give out what no disk of theirs could hold. */
export interface ReadableFile extends Pick<FileHandle, "close"> {
  stat(): Promise<Pick<Stats, "isFile" | "size">>;
  /** Fills the start of the bytes with what comes next in the file. */
  read(into: Uint8Array): Promise<{ readonly bytesRead: number }>;
}

/** How much is asked for at once, in bytes. One read gives less than 2 GiB, and readFile() is bound to that. */
const pieceLength = 2 ** 30;

/** @throws CatalogSnapshotError `io`: not there, not allowed, a directory, a device, a pipe. */
export async function readFileWhole(
  path: string,
  openFile: (path: string, flags: number) => Promise<ReadableFile> = open,
): Promise<Uint8Array> {
  const { O_NONBLOCK, O_RDONLY } = constants;
  try {
    const file = await openFile(path, O_RDONLY | O_NONBLOCK); // a pipe without a writer would hang
    try {
      return await readWhole(file);
    } finally {
      await file.close();
    }
  } catch (error) {
    throw ioError(error, "read it");
  }
}

async function readWhole(file: ReadableFile): Promise<Uint8Array> {
  const stats = await file.stat();
  if (!stats.isFile()) throw new CatalogSnapshotError("io", "cannot read it: it is not a file");
  const content = new Uint8Array(stats.size);
  let length = 0;
  while (length < content.length) {
    const { bytesRead } = await file.read(content.subarray(length, length + pieceLength));
    if (bytesRead === 0) break; // it was cut short meanwhile
    length += bytesRead;
  }
  return content.subarray(0, length);
}
