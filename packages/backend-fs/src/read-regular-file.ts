/** Reads a file that must be a regular one, of bounded size, without following a symbolic link. */

import { constants } from "node:fs";
import { open } from "node:fs/promises";
import { BackendError } from "@engenho/sdk";
import { modifiedOf } from "./file-operations.ts";

/** What is in a file, and since when. */
export interface FileContent {
  readonly bytes: Uint8Array;
  /** Its time of modification, in whole microseconds since 1970. */
  readonly modified: number;
}

/**
 * The content of a file.
 *
 * @param limit The most bytes that it may have.
 * @throws BackendError `conflict` if it is not a regular file, `too_large` past the limit; the
 * operating system's error otherwise (ELOOP for a symbolic link).
 */
export async function readRegularFile(path: string, limit: number): Promise<FileContent> {
  const { O_NOFOLLOW, O_NONBLOCK, O_RDONLY } = constants;
  const handle = await open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK); // O_NONBLOCK: a fifo would hang
  try {
    const stats = await handle.stat({ bigint: true });
    if (!stats.isFile()) throw new BackendError("conflict", `${path} is not a regular file`);
    if (stats.size > limit) {
      throw new BackendError("too_large", `${path} has ${stats.size} bytes, more than ${limit}`);
    }
    const content = await handle.readFile();
    return {
      bytes: new Uint8Array(content.buffer, content.byteOffset, content.byteLength),
      modified: modifiedOf(stats),
    };
  } finally {
    await handle.close();
  }
}
