/** Checks what YAML allows and a manifest does not have: odd keys, equal keys, aliases without bounds. */

import {
  type Alias,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  type Node,
  type Scalar,
  type YAMLMap,
} from "yaml";
import type { BackendError } from "../contract/index.ts";
import { printable } from "../reference/index.ts";
import { maxDepth } from "./limits.ts";
import { invalidAt } from "./manifest-text.ts";
import { scalarValue, Untranslatable } from "./yaml-scalar.ts";

/**
 * Walks a document in its order and returns what each alias stands for.
 *
 * @throws BackendError `invalid_manifest` with line and column.
 */
export function checkStructure(text: string, root: Node): ReadonlyMap<Alias, Node> {
  const walk = new StructureWalk(text);
  const { nodes, characters } = walk.visit(root, 0);
  // Ten times the source serves every honest use; a bomb doubles with each line, and a long text that
  // many aliases stand for grows with the product of both.
  if (nodes > 10 * walk.nodes + 10_000 || characters > 10 * text.length + 100_000) {
    throw invalidAt(text, 0, "the aliases stand for far more than the document holds");
  }
  return walk.targets;
}

/** How large a node is with its aliases replaced by what they stand for. */
interface Extent {
  readonly nodes: number;
  /** How much text its scalars have. */
  readonly characters: number;
  /** How many collections stand inside one another in it. */
  readonly height: number;
}

interface Anchor {
  readonly node: Node;
  /** Undefined while the walk is inside the node. */
  extent?: Extent;
}

class StructureWalk {
  /** How many nodes the document itself has. */
  nodes = 0;
  readonly targets: Map<Alias, Node> = new Map();
  readonly #anchors = new Map<string, Anchor>();
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  /** @param depth How many collections the node stands in. */
  visit(node: Node, depth: number): Extent {
    this.nodes++;
    if (isAlias(node)) return this.#visitAlias(node, depth);
    const anchor: Anchor | undefined = node.anchor === undefined ? undefined : { node };
    if (anchor !== undefined && node.anchor !== undefined) this.#anchors.set(node.anchor, anchor);
    const extent = isScalar(node)
      ? this.#visitScalar(node)
      : this.#visitCollection(node, depth + 1);
    if (anchor !== undefined) anchor.extent = extent;
    return extent;
  }

  #visitAlias(alias: Alias, depth: number): Extent {
    // A value that begins with an asterisk is taken for an alias: its name may be a secret.
    const anchor = this.#anchors.get(alias.source);
    if (anchor === undefined) {
      throw this.#error(
        alias,
        "no anchor of this alias's name stands before it; quote what is no alias",
      );
    }
    if (anchor.extent === undefined) {
      throw this.#error(alias, "the alias stands inside what it names");
    }
    this.targets.set(alias, anchor.node);
    this.#checkDepth(alias, depth + anchor.extent.height);
    return anchor.extent;
  }

  #visitScalar(scalar: Scalar): Extent {
    // Only an escape can make one: the body is UTF-8.
    if (scalar.type === "QUOTE_DOUBLE" && !String(scalar.value).isWellFormed()) {
      throw this.#error(scalar, "the string has a lone surrogate, which is not a character");
    }
    return { nodes: 1, characters: String(scalar.value).length, height: 0 };
  }

  #visitCollection(node: Node, depth: number): Extent {
    this.#checkDepth(node, depth);
    let nodes = 1;
    let characters = 0;
    let height = 0;
    const add = (child: unknown): void => {
      const extent = this.visit(child as Node, depth);
      nodes += extent.nodes;
      characters += extent.characters;
      height = Math.max(height, extent.height);
    };
    if (isSeq(node)) for (const item of node.items) add(item);
    else if (isMap(node)) this.#visitPairs(node, add);
    return { nodes, characters, height: height + 1 };
  }

  #visitPairs(map: YAMLMap, add: (child: unknown) => void): void {
    const keys = new Set<string>();
    for (const { key, value } of map.items) {
      add(key);
      const name = this.#keyText(key as Node);
      if (keys.has(name)) throw this.#error(key as Node, `duplicate key "${printable(name)}"`);
      keys.add(name);
      if (value !== null) add(value);
    }
  }

  #keyText(key: Node): string {
    const node = isAlias(key) ? this.targets.get(key) : key;
    if (!isScalar(node)) throw this.#error(key, "a key is a collection; keys are strings");
    const value = scalarValue(node);
    if (typeof value === "string") return value;
    // A tag of somebody's own makes a value that nobody here knows; its text tells it from others.
    if (value instanceof Untranslatable && node.tag !== undefined) return String(node.value);
    const type = value === null ? "null" : typeof value === "boolean" ? "a boolean" : "a number";
    throw this.#error(key, `a key is ${type}; keys are strings: put it in quotes`);
  }

  #checkDepth(node: Node, depth: number): void {
    if (depth > maxDepth) throw this.#error(node, `more than ${maxDepth} levels of nesting`);
  }

  #error(node: Node, problem: string): BackendError {
    return invalidAt(this.#text, node.range?.[0] ?? 0, problem);
  }
}
