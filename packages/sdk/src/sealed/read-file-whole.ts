/** Reads a file that must be a regular one. */

import { constants } from "node:fs";
import { open } from "node:fs/promises";
import { CatalogSnapshotError } from "../codec/catalog-snapshot-error.ts";
import { ioError } from "./file-error.ts";

/** @throws CatalogSnapshotError `io`: not there, not allowed, a directory, a device, a pipe. */
export async function readFileWhole(path: string): Promise<Uint8Array> {
  const { O_NONBLOCK, O_RDONLY } = constants;
  try {
    await using file = await open(path, O_RDONLY | O_NONBLOCK); // a pipe without a writer would hang
    const stats = await file.stat();
    if (!stats.isFile()) throw new CatalogSnapshotError("io", "cannot read it: it is not a file");
    const content = await file.readFile();
    return new Uint8Array(content.buffer, content.byteOffset, content.byteLength);
  } catch (error) {
    throw ioError(error, "read it");
  }
}
