/** Reads many files one after another, with calls that block: for a thread that has nothing else to do. */

import * as fs from "node:fs";
import { fileFlags, modifiedOf } from "../file-operations.ts";
import { FilePack, type PackedFiles, readProblem } from "./file-pack.ts";

/** Most files are smaller, and need no buffer of their own. */
const scratch = new Uint8Array(64 * 1024);

/**
 * Reads regular files of a directory, as `readRegularFile` does one.
 *
 * @param directory Absolute.
 * @param limit The most bytes that each may have.
 */
export function readFiles(directory: string, names: readonly string[], limit: number): PackedFiles {
  const pack = new FilePack();
  for (const name of names) {
    if (pack.isFull) break;
    const path = `${directory}/${name}`;
    let descriptor: number | undefined;
    try {
      descriptor = fs.openSync(path, fileFlags);
      readInto(pack, descriptor, path, limit);
    } catch (error) {
      pack.addProblem(readProblem(error));
    } finally {
      if (descriptor !== undefined) fs.closeSync(descriptor);
    }
  }
  return pack.packed();
}

function readInto(pack: FilePack, descriptor: number, path: string, limit: number): void {
  const stats = fs.fstatSync(descriptor, { bigint: true });
  if (!stats.isFile())
    return pack.addProblem({ code: "conflict", message: `${path} is not a regular file` });
  const content = stats.size > limit ? undefined : readWhole(descriptor, Number(stats.size), limit);
  if (content !== undefined) return pack.add(content, modifiedOf(stats));
  const message = `${path} has ${stats.size} bytes, more than ${limit}`;
  pack.addProblem({ code: "too_large", message });
}

/** All that is in a file, which may have changed since it had this size; undefined if it is more than the limit. */
function readWhole(descriptor: number, size: number, limit: number): Uint8Array | undefined {
  let buffer = size < scratch.length ? scratch : new Uint8Array(size + 1);
  for (let at = 0; ;) {
    const read = fs.readSync(descriptor, buffer, at, buffer.length - at, at);
    at += read;
    if (at > limit) return undefined;
    // Less than was asked for, and as much as there should be, is the end.
    if (read === 0 || (at === size && at < buffer.length)) return buffer.subarray(0, at);
    if (at < buffer.length) continue;
    const larger = new Uint8Array(2 * buffer.length);
    larger.set(buffer);
    buffer = larger;
  }
}
