/** Notes which names and bytes were synced, so that a loss of power can be acted out on a real directory. */

import { createHash } from "node:crypto";
import { mkdirSync, utimesSync, writeFileSync } from "node:fs";
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
    makeSurvivors(this.#top, to, (count) => {
      const hash = createHash("sha256").update(`${seed} ${cut} ${choices++}`).digest();
      return hash.readUInt32BE() % count;
    });
  }

  /** What is under way is not noted before it has succeeded: a loss of power may undo it. */
  readonly operations: FileOperations = {
    look: fileOperations.look,
    openDirectory: fileOperations.openDirectory,
    openFile: fileOperations.openFile,
    openToWrite: fileOperations.openToWrite,
    close: fileOperations.close,
    create: async (path) => {
      const file = await fileOperations.create(path);
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
      const node = this.#node(file.path);
      const { safe } = "names" in node ? { safe: new Map(node.names) } : { safe: node.content };
      await fileOperations.sync(file);
      Object.assign(node, { safe });
    },
    rename: async (from, to) => {
      await fileOperations.rename(from, to);
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

  #parent(path: string): DirectoryNode {
    return this.#node(dirname(path)) as DirectoryNode;
  }

  #file(path: string): FileNode {
    return this.#node(path) as FileNode;
  }

  #node(path: string): Node {
    let node: Node = this.#top;
    for (const name of relative(this.#directory, path).split("/")) {
      if (name === "") continue;
      const next: Node | undefined = "names" in node ? node.names.get(name) : undefined;
      if (next === undefined) throw new Error(`${path} was not made through the recorded disk`);
      node = next;
    }
    return node;
  }
}

function makeSurvivors(
  { names, safe }: DirectoryNode,
  to: string,
  choose: (count: number) => number,
): void {
  for (const name of new Set([...safe.keys(), ...names.keys()])) {
    const before = safe.get(name);
    const after = names.get(name);
    const node = before === after || choose(2) === 1 ? after : before;
    if (node === undefined) continue;
    const path = join(to, name);
    if ("names" in node) {
      mkdirSync(path);
      makeSurvivors(node, path, choose);
    } else {
      const { bytes, modified } = survivingContent(node, choose);
      writeFileSync(path, bytes);
      if (modified !== undefined) utimesSync(path, secondsOf(modified), secondsOf(modified));
    }
  }
}

function survivingContent({ content, safe }: FileNode, choose: (count: number) => number): Content {
  if (content === safe) return content;
  const half = Math.floor(content.bytes.length / 2);
  switch (choose(4)) {
    case 0:
      return safe ?? noContent;
    case 1:
      return { ...content, bytes: content.bytes.slice(0, half) };
    case 2:
      return { ...content, bytes: content.bytes.map((byte, at) => (at < half ? 0 : byte)) };
    default:
      return content;
  }
}
