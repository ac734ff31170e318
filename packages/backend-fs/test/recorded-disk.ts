/** Notes which names and bytes were synced, so that a loss of power can be acted out on a real directory. */

import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, utimesSync, writeFileSync } from "node:fs";
import { basename, dirname, join, relative } from "node:path";
import { type FileOperations, fileOperations, secondsOf } from "../src/file-operations.ts";

interface FileNode {
  content: Content;
  /** What a loss of power cannot take; undefined: nothing was ever synced. */
  safe: Content | undefined;
}

interface Content {
  readonly bytes: Uint8Array;
  readonly modified: number | undefined;
}

interface DirectoryNode {
  readonly names: Map<string, Node>;
  safe: ReadonlyMap<string, Node>;
}

type Node = FileNode | DirectoryNode;

const noContent: Content = { bytes: new Uint8Array(), modified: undefined };

/** One directory of a real disk, all of whose changes go through `operations`. */
export class RecordedDisk {
  readonly #directory: string;
  readonly #top: DirectoryNode = { names: new Map(), safe: new Map() };
  #cuts = 0;

  /** @param directory Empty, and safe itself. */
  constructor(directory: string) {
    this.#directory = directory;
  }

  /** Whether everything that is there was made through `operations`; not so once another process has written. */
  isWhole(): boolean {
    const found = readdirSync(this.#directory, { recursive: true, withFileTypes: true });
    return found.every((entry) => {
      // Of the lock file, which has no content, nothing is recorded.
      if (!entry.isFile() || entry.name === "_lock") return true;
      const path = join(entry.parentPath, entry.name);
      const node = this.#find(path);
      return (
        node !== undefined &&
        "content" in node &&
        Buffer.compare(node.content.bytes, readFileSync(path)) === 0
      );
    });
  }

  /**
   * Makes what a loss of power could leave now. A name that was not synced is the old or the new one, a file
   * has its synced bytes, the new ones, or a part of those.
   *
   * @param to An empty directory.
   * @param seed What the losses depend on, beside the number of the call.
   */
  losePower(to: string, seed: number): void {
    const cut = this.#cuts++;
    let choices = 0;
    const choose = (count: number): number => {
      const hash = createHash("sha256").update(`${seed} ${cut} ${choices++}`).digest();
      return hash.readUInt32BE() % count;
    };
    makeSurvivors(this.#top, to, new Moves(this.#top, choose), choose);
  }

  /** What is under way is not noted before it has succeeded: a loss of power may undo it. */
  readonly operations: FileOperations = {
    look: fileOperations.look,
    lengthOf: fileOperations.lengthOf,
    identify: fileOperations.identify,
    openDirectory: fileOperations.openDirectory,
    openFile: fileOperations.openFile,
    openToWrite: fileOperations.openToWrite,
    close: fileOperations.close,
    create: async (path) => {
      const file = await fileOperations.create(path);
      await this.#noted(dirname(path));
      this.#parent(path).names.set(basename(path), { content: noContent, safe: undefined });
      return file;
    },
    write: async (file, bytes) => {
      await fileOperations.write(file, bytes);
      const node = this.#file(file.path);
      node.content = { ...node.content, bytes: bytes.slice() };
    },
    writeAt: async (file, bytes, position) => {
      await fileOperations.writeAt(file, bytes, position);
      const node = this.#file(file.path);
      const whole = Buffer.concat([node.content.bytes.subarray(0, position), bytes]);
      node.content = { ...node.content, bytes: whole };
    },
    truncate: async (file, length) => {
      await fileOperations.truncate(file, length);
      const node = this.#file(file.path);
      node.content = { ...node.content, bytes: node.content.bytes.slice(0, length) };
    },
    setModified: async (file, modified) => {
      await fileOperations.setModified(file, modified);
      const node = this.#file(file.path);
      node.content = { ...node.content, modified };
    },
    sync: async (file) => {
      await this.#noted(file.path);
      const node = this.#node(file.path);
      const { safe } = "names" in node ? { safe: new Map(node.names) } : { safe: node.content };
      await fileOperations.sync(file);
      Object.assign(node, { safe });
    },
    syncData: async (file) => {
      const node = this.#file(file.path);
      const { bytes } = node.content;
      await fileOperations.syncData(file);
      node.safe = { bytes, modified: node.safe?.modified };
    },
    rename: async (from, to) => {
      await fileOperations.rename(from, to);
      await this.#noted(dirname(to));
      const node = this.#node(from);
      this.#parent(from).names.delete(basename(from));
      this.#parent(to).names.set(basename(to), node);
    },
    unlink: async (path) => {
      await fileOperations.unlink(path);
      this.#parent(path).names.delete(basename(path));
    },
    makeDirectory: async (path, mode) => {
      await fileOperations.makeDirectory(path, mode);
      await this.#noted(dirname(path));
      this.#parent(path).names.set(basename(path), { names: new Map(), safe: new Map() });
    },
    removeDirectory: async (path) => {
      await fileOperations.removeDirectory(path);
      this.#parent(path).names.delete(basename(path));
    },
    removeTree: async (path) => {
      await fileOperations.removeTree(path);
      this.#parent(path).names.delete(basename(path));
    },
  };

  /** Of a directory that another call has just made it may be for that one to say so, as soon as its thread has. */
  async #noted(path: string): Promise<void> {
    for (let turns = 0; this.#find(path) === undefined && turns < 5_000; turns++)
      await new Promise((resolve) => setTimeout(resolve, 1));
  }

  #parent(path: string): DirectoryNode {
    return this.#node(dirname(path)) as DirectoryNode;
  }

  #file(path: string): FileNode {
    return this.#node(path) as FileNode;
  }

  #node(path: string): Node {
    const node = this.#find(path);
    if (node === undefined) throw new Error(`${path} was not made through the recorded disk`);
    return node;
  }

  #find(path: string): Node | undefined {
    let node: Node | undefined = this.#top;
    for (const name of relative(this.#directory, path).split("/")) {
      if (name === "") continue;
      node = node !== undefined && "names" in node ? node.names.get(name) : undefined;
    }
    return node;
  }
}

/**
 * A rename is journaled as one change by ext4, XFS and Btrfs: a file that was moved since its names were synced is at
 * one place or at the other, never at none.
 */
class Moves {
  readonly #choose: (count: number) => number;
  readonly #decided = new Map<Node, boolean>();
  readonly #names = new Map<Node, number>();

  constructor(top: DirectoryNode, choose: (count: number) => number) {
    this.#choose = choose;
    this.#count(top);
  }

  /** Whether the new one of two nodes is at a name. */
  isDone(before: Node | undefined, after: Node | undefined): boolean {
    for (const node of [after, before]) {
      if (node === undefined || (this.#names.get(node) ?? 0) < 2) continue;
      const decided = this.#decided.get(node) ?? this.#choose(2) === 1;
      this.#decided.set(node, decided);
      return decided;
    }
    return this.#choose(2) === 1;
  }

  /** How many names that are not synced each file has, those that it had included. */
  #count({ names, safe }: DirectoryNode): void {
    for (const name of new Set([...safe.keys(), ...names.keys()])) {
      const [before, after] = [safe.get(name), names.get(name)];
      if (after !== undefined && "names" in after) this.#count(after);
      if (before === after) continue;
      for (const node of [before, after])
        if (node !== undefined) this.#names.set(node, (this.#names.get(node) ?? 0) + 1);
    }
  }
}

function makeSurvivors(
  { names, safe }: DirectoryNode,
  to: string,
  moves: Moves,
  choose: (count: number) => number,
): void {
  for (const name of new Set([...safe.keys(), ...names.keys()])) {
    const before = safe.get(name);
    const after = names.get(name);
    const node = before === after || moves.isDone(before, after) ? after : before;
    if (node === undefined) continue;
    const path = join(to, name);
    if ("names" in node) {
      mkdirSync(path);
      makeSurvivors(node, path, moves, choose);
    } else {
      const { bytes, modified } = survivingContent(node, choose);
      writeFileSync(path, bytes);
      if (modified !== undefined) utimesSync(path, secondsOf(modified), secondsOf(modified));
    }
  }
}

function survivingContent({ content, safe }: FileNode, choose: (count: number) => number): Content {
  if (content === safe) return content;
  // A time of modification is not a part of the bytes.
  if (content.bytes === safe?.bytes) return choose(2) === 1 ? content : safe;
  // What an append leaves as it was, and was synced, is not lost with it.
  const kept = commonLength(content.bytes, safe?.bytes ?? noContent.bytes);
  const half = kept + Math.floor((content.bytes.length - kept) / 2);
  const isLost = (at: number): boolean => at >= kept && at < half;
  switch (choose(4)) {
    case 0:
      return safe ?? noContent;
    case 1:
      return { ...content, bytes: content.bytes.slice(0, half) };
    case 2:
      return { ...content, bytes: content.bytes.map((byte, at) => (isLost(at) ? 0 : byte)) };
    default:
      return content;
  }
}

/** How many bytes two sequences begin with alike. */
function commonLength(a: Uint8Array, b: Uint8Array): number {
  const length = Math.min(a.length, b.length);
  let at = 0;
  while (at < length && a[at] === b[at]) at++;
  return at;
}
