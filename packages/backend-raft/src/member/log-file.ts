/** etcd's log, in a file: the newest lines, and what it complains of. */

import { copyFile, open, stat, truncate } from "node:fs/promises";
import { readLogLine } from "./log-line.ts";

/** No more than this is read of it. */
const TAIL_BYTES = 64 * 1024;
/** A larger one is put aside when a member starts. */
const MOST_BYTES = 16 * 1024 * 1024;

/** A log that etcd adds to. */
export class LogFile {
  readonly path: string;

  constructor(path: string) {
    this.path = path;
  }

  /** Puts a long log aside as `<path>.1`, in place of the one before. Returns where the next line will be. */
  async begin(): Promise<number> {
    const size = await this.#size();
    if (size < MOST_BYTES) return size;
    await copyFile(this.path, `${this.path}.1`);
    await truncate(this.path);
    return 0;
  }

  /** The newest lines that begin at or after a byte. */
  async tail(from = 0): Promise<readonly string[]> {
    const size = await this.#size();
    const start = Math.max(from, size - TAIL_BYTES);
    if (size <= start) return [];
    const file = await open(this.path);
    try {
      const { bytesRead, buffer } = await file.read(Buffer.alloc(size - start), 0, null, start);
      const lines = buffer.toString("utf8", 0, bytesRead).split("\n");
      if (start > from) lines.shift(); // It may be half a line.
      return lines.filter((line) => line !== "");
    } finally {
      await file.close();
    }
  }

  /** What tells most of what is wrong since a byte, and of that the last, in one line; undefined if nothing does. */
  async complaint(from: number): Promise<string | undefined> {
    const lines = (await this.tail(from)).map(readLogLine);
    const most = Math.max(...lines.map(({ rank }) => rank));
    return most < 0 ? undefined : lines.findLast(({ rank }) => rank === most)?.message;
  }

  async #size(): Promise<number> {
    return stat(this.path).then(
      ({ size }) => size,
      () => 0,
    );
  }
}
