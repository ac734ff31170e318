/** etcd's log, in a file: the newest lines, and what it complains of. */

import { copyFile, open, stat, truncate } from "node:fs/promises";

/** No more than this is read of it. */
const TAIL_BYTES = 64 * 1024;
/** A larger one is put aside when a member starts. */
const MOST_BYTES = 16 * 1024 * 1024;

const levels = ["warn", "error", "dpanic", "panic", "fatal"];

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

  /** The last of the worst complaints since a byte, in one line; undefined if there is none. */
  async complaint(from: number): Promise<string | undefined> {
    const lines = (await this.tail(from)).map(read);
    const worst = Math.max(...lines.map(({ level }) => level));
    return worst < 0 ? undefined : lines.findLast(({ level }) => level === worst)?.message;
  }

  async #size(): Promise<number> {
    return stat(this.path).then(
      ({ size }) => size,
      () => 0,
    );
  }
}

/** A line that is no JSON comes of what etcd says before it has a logger, or of its shell. */
function read(line: string): { readonly level: number; readonly message: string } {
  try {
    const { level, msg, error } = JSON.parse(line) as Readonly<Record<string, unknown>>;
    const message = [msg, error].filter((part) => typeof part === "string").join(": ");
    return { level: levels.indexOf(String(level)), message };
  } catch {
    return { level: /^(flag|panic:|fatal error:)/.test(line) ? levels.length : -1, message: line };
  }
}
