/** The content of many files in one piece, for another thread: each message costs more than what is in it. */

import { crc32 } from "node:zlib";

/** Why a file could not be read, as data. */
export interface ReadProblem {
  /** The operating system's word: `EACCES`. */
  readonly errno?: string | undefined;
  /** Ours, where it is no error of the operating system. */
  readonly code?: "conflict" | "too_large";
  readonly message: string;
}

/** The operating system's error as a problem. */
export function readProblem(error: unknown): ReadProblem {
  const { code, message } = error as NodeJS.ErrnoException;
  return { errno: code, message };
}

/** What was read of the first of some files: of all, or of as many as make one message. */
export interface PackedFiles {
  /** The content of all, one behind the other. */
  readonly bytes: ArrayBuffer;
  /** For each, its length, its time of modification in microseconds, its CRC-32. */
  readonly facts: Float64Array<ArrayBuffer>;
  /** What went wrong, by the file's number; it has a length of 0. */
  readonly problems: ReadonlyMap<number, ReadProblem>;
}

/** One file of many. */
export interface UnpackedFile {
  /** A view of what all came in. */
  readonly bytes: Uint8Array;
  readonly modified: number;
  readonly checksum: number;
  readonly problem: ReadProblem | undefined;
}

const factsOfOne = 3;

/** The bytes that make one message: no more than a reader can have waiting from each thread. */
const enough = 1024 * 1024;

/** A pack that is being filled. */
export class FilePack {
  #bytes = new Uint8Array(64 * 1024);
  #length = 0;
  readonly #facts: number[] = [];
  readonly #problems = new Map<number, ReadProblem>();

  /** Whether what is left should come in another one. */
  get isFull(): boolean {
    return this.#length >= enough;
  }

  /** Adds a file; the bytes are copied. */
  add(bytes: Uint8Array, modified: number): void {
    const end = this.#length + bytes.length;
    if (end > this.#bytes.length) {
      const larger = new Uint8Array(Math.max(end, 2 * this.#bytes.length));
      larger.set(this.#bytes.subarray(0, this.#length));
      this.#bytes = larger;
    }
    this.#bytes.set(bytes, this.#length);
    this.#length = end;
    this.#facts.push(bytes.length, modified, crc32(bytes));
  }

  /** Adds a file that could not be read. */
  addProblem(problem: ReadProblem): void {
    this.#problems.set(this.#facts.length / factsOfOne, problem);
    this.#facts.push(0, 0, 0);
  }

  packed(): PackedFiles {
    return {
      bytes: this.#bytes.buffer.slice(0, this.#length),
      facts: Float64Array.from(this.#facts),
      problems: this.#problems,
    };
  }
}

/** The files of a pack, in the order in which they were asked for. */
export function unpackFiles({ bytes, facts, problems }: PackedFiles): readonly UnpackedFile[] {
  const files: UnpackedFile[] = [];
  let at = 0;
  for (let fact = 0; fact < facts.length; fact += factsOfOne) {
    const length = facts[fact] ?? 0;
    files.push({
      bytes: new Uint8Array(bytes, at, length),
      modified: facts[fact + 1] ?? 0,
      checksum: facts[fact + 2] ?? 0,
      problem: problems.get(files.length),
    });
    at += length;
  }
  return files;
}
