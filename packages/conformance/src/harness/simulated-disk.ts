/** A disk in memory on which only what was synced is safe: what power-loss bugs are found on. */

import { nextTurn } from "./next-turn.ts";

/**
 * The file operations of one disk. Paths are segments joined by `/`; the root is there and is spelled as the empty text.
 * Errors are plain Errors with a `code` like Node's: `ENOENT`, `EEXIST`.
 */
export interface SimulatedDisk {
  /** The bytes as any process reads them now, synced or not. */
  read(path: string): Promise<Uint8Array>;
  /** Creates a file or replaces what is in it: neither the bytes nor a new name are safe yet. */
  write(path: string, bytes: Uint8Array): Promise<void>;
  /** Moves a file over whatever has that name: which of the two names is there is not safe yet. */
  rename(from: string, to: string): Promise<void>;
  /** Removes a file, which may be there again until its directory is synced. */
  remove(path: string): Promise<void>;
  /** Makes a directory in one that is there. */
  makeDirectory(path: string): Promise<void>;
  /** The names in a directory, sorted. */
  list(path: string): Promise<readonly string[]>;
  /** Makes a file's bytes safe, but not its name. */
  syncFile(path: string): Promise<void>;
  /** Makes the names in a directory safe, but not what is in the files. */
  syncDirectory(path: string): Promise<void>;
  /** The disk as a sudden end of the process leaves it: everything that was done is there. */
  copy(): SimulatedDisk;
  /**
   * The disk as a loss of power could leave it. Each name that was not synced is the old or the new one, each file
   * that was not synced has its old bytes, the new ones, or a part of them. `choose` says which: a number from 0 to
   * `count - 1`, where 0 loses the most. Default: always 0.
   */
  losePower(choose?: (count: number) => number): SimulatedDisk;
}

interface FileNode {
  bytes: Uint8Array;
  /** The bytes that a loss of power cannot take. */
  safe: Uint8Array;
}

interface DirectoryNode {
  readonly names: Map<string, Node>;
  /** The names that a loss of power cannot take. */
  safe: ReadonlyMap<string, Node>;
}

type Node = FileNode | DirectoryNode;

/**
 * An empty disk.
 *
 * @example
 * const disk = createSimulatedDisk();
 * await disk.write("a", bytes);
 * await disk.syncFile("a");
 * await disk.losePower().list(""); // []: the name was not synced
 */
export function createSimulatedDisk(): SimulatedDisk {
  return diskOf({ names: new Map(), safe: new Map() });
}

function diskOf(root: DirectoryNode): SimulatedDisk {
  const directory = (path: string): DirectoryNode => {
    let node: Node = root;
    for (const name of path === "" ? [] : path.split("/")) {
      const next: Node | undefined = "names" in node ? node.names.get(name) : undefined;
      if (next === undefined) throw failure("ENOENT", path);
      node = next;
    }
    if (!("names" in node)) throw failure("ENOTDIR", path);
    return node;
  };
  const place = (path: string): { readonly parent: DirectoryNode; readonly name: string } => {
    const at = path.lastIndexOf("/");
    return { parent: directory(path.slice(0, Math.max(0, at))), name: path.slice(at + 1) };
  };
  const file = (path: string): FileNode => {
    const { parent, name } = place(path);
    const node = parent.names.get(name);
    if (node === undefined || "names" in node) throw failure("ENOENT", path);
    return node;
  };
  return {
    read: async (path) => {
      await nextTurn();
      return file(path).bytes.slice();
    },
    write: async (path, bytes) => {
      await nextTurn();
      const { parent, name } = place(path);
      if (parent.names.has(name)) file(path).bytes = bytes.slice();
      else parent.names.set(name, { bytes: bytes.slice(), safe: new Uint8Array() });
    },
    rename: async (from, to) => {
      await nextTurn();
      const node = file(from);
      const source = place(from);
      const target = place(to);
      source.parent.names.delete(source.name);
      target.parent.names.set(target.name, node);
    },
    remove: async (path) => {
      await nextTurn();
      file(path);
      const { parent, name } = place(path);
      parent.names.delete(name);
    },
    makeDirectory: async (path) => {
      await nextTurn();
      const { parent, name } = place(path);
      if (parent.names.has(name)) throw failure("EEXIST", path);
      parent.names.set(name, { names: new Map(), safe: new Map() });
    },
    list: async (path) => {
      await nextTurn();
      return [...directory(path).names.keys()].toSorted();
    },
    syncFile: async (path) => {
      await nextTurn();
      const node = file(path);
      node.safe = node.bytes;
    },
    syncDirectory: async (path) => {
      await nextTurn();
      const node = directory(path);
      node.safe = new Map(node.names);
    },
    copy: () => diskOf(copied(root, new Map())),
    losePower: (choose = () => 0) => diskOf(survivors(root, choose, new Map())),
  };
}

/** A copy in which a file with two names is one file still. */
function copied(node: DirectoryNode, copies: Map<Node, Node>): DirectoryNode {
  const one = (each: Node): Node => {
    const known = copies.get(each);
    if (known !== undefined) return known;
    const copy = "names" in each ? copied(each, copies) : { ...each };
    copies.set(each, copy);
    return copy;
  };
  const all = (names: ReadonlyMap<string, Node>): Map<string, Node> =>
    new Map([...names].map(([name, each]) => [name, one(each)]));
  return { names: all(node.names), safe: all(node.safe) };
}

function survivors(
  { names, safe }: DirectoryNode,
  choose: (count: number) => number,
  chosen: Map<FileNode, Uint8Array>,
): DirectoryNode {
  const left = new Map<string, Node>();
  for (const name of new Set([...safe.keys(), ...names.keys()])) {
    const before = safe.get(name);
    const after = names.get(name);
    const node = before === after || choose(2) === 1 ? after : before;
    if (node === undefined) continue;
    if ("names" in node) left.set(name, survivors(node, choose, chosen));
    else {
      const bytes = chosen.get(node) ?? survivingBytes(node, choose);
      chosen.set(node, bytes);
      left.set(name, { bytes, safe: bytes });
    }
  }
  return { names: left, safe: new Map(left) };
}

/** The old bytes, a part of the new ones, the new ones behind a hole, or all of them. */
function survivingBytes({ bytes, safe }: FileNode, choose: (count: number) => number): Uint8Array {
  if (bytes === safe) return bytes;
  const half = Math.floor(bytes.length / 2);
  switch (choose(4)) {
    case 0:
      return safe;
    case 1:
      return bytes.slice(0, half);
    case 2:
      return bytes.map((byte, index) => (index < half ? 0 : byte));
    default:
      return bytes;
  }
}

function failure(code: string, path: string): Error {
  return Object.assign(new Error(`${code}: ${path}`), { code });
}
