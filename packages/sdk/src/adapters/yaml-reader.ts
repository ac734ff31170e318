/** Turns a YAML body into a value, or into just the fields that its reference is read from. */

import { type Alias, isAlias, isMap, isScalar, isSeq, type Node } from "yaml";
import { BackendError } from "../contract/index.ts";
import { invalidAt, placeOf } from "./manifest-text.ts";
import { DecimalNumber, type ManifestValue } from "./manifest-value.ts";
import { parseYaml, type YamlDocument } from "./yaml-document.ts";
import { scalarValue, Untranslatable } from "./yaml-scalar.ts";

/**
 * The value of a YAML document, for translation.
 *
 * @throws BackendError `invalid_manifest`, `too_large` for a body that is not one document;
 * `unsupported_format` for what other formats cannot say: infinity, NaN, tags outside the core schema,
 * and merge keys (`<<`), which YAML 1.2 does not have and other readers act on.
 */
export function readYaml(body: Uint8Array): ManifestValue {
  const document = parseYaml(body);
  if (document.isYaml11) {
    throw new BackendError(
      "unsupported_format",
      "the document declares YAML 1.1, which reads plain values otherwise",
    );
  }
  return new NodeReader(document).read(document.root);
}

/**
 * The mapping at the root of a YAML document with no more than `apiVersion`, `kind` and `metadata` with
 * `name`, `namespace` and `generateName` in it; collections inside these fields come empty. Any other
 * root comes as what it is.
 *
 * @throws BackendError `invalid_manifest` for a body that is not one document, or a tag on one of these
 * fields that is not of the core schema; `too_large`.
 */
export function readYamlReferenceFields(body: Uint8Array): ManifestValue {
  const { text, root, targets } = parseYaml(body);
  const resolve = (node: unknown): unknown => (isAlias(node) ? targets.get(node) : node);
  const pick = (node: unknown, fields: ReadonlySet<string>): ManifestValue => {
    if (!isMap(node)) return shallowValue(node, text);
    const picked = new Map<string, ManifestValue>();
    for (const pair of node.items) {
      const key = resolve(pair.key);
      const name = isScalar(key) ? String(key.value) : "";
      if (!fields.has(name)) continue;
      const value = resolve(pair.value);
      picked.set(
        name,
        name === "metadata" ? pick(value, metadataFields) : shallowValue(value, text),
      );
    }
    return picked;
  };
  return pick(root, rootFields);
}

function shallowValue(node: unknown, text: string): ManifestValue {
  if (node === null) return null;
  if (isMap(node)) return new Map();
  if (!isScalar(node)) return [];
  const value = scalarValue(node);
  if (!(value instanceof Untranslatable)) return value;
  // Without a tag it is a number beyond decimals, and its text does not matter.
  if (node.tag === undefined) return new DecimalNumber("0");
  throw invalidAt(text, node.range?.[0] ?? 0, `the reference cannot be read here: ${value.reason}`);
}

const rootFields: ReadonlySet<string> = new Set(["apiVersion", "kind", "metadata"]);
const metadataFields: ReadonlySet<string> = new Set(["name", "namespace", "generateName"]);

class NodeReader {
  readonly #document: YamlDocument;
  /** The value of every anchored node: what aliases stand for is read once and shared. */
  readonly #anchored = new Map<Node, ManifestValue>();

  constructor(document: YamlDocument) {
    this.#document = document;
  }

  read(node: unknown): ManifestValue {
    if (isAlias(node)) return this.#readAlias(node);
    const value = this.#readNode(node);
    if ((isScalar(node) || isMap(node) || isSeq(node)) && node.anchor !== undefined) {
      this.#anchored.set(node, value);
    }
    return value;
  }

  #readAlias(alias: Alias): ManifestValue {
    const target = this.#document.targets.get(alias);
    const value = target === undefined ? undefined : this.#anchored.get(target);
    if (value === undefined) throw this.#unsupported(alias, "the alias leads nowhere");
    return value;
  }

  #readNode(node: unknown): ManifestValue {
    if (isScalar(node)) {
      const value = scalarValue(node);
      if (value instanceof Untranslatable) throw this.#unsupported(node, value.reason);
      return value;
    }
    if (isSeq(node)) {
      this.#checkTag(node, "tag:yaml.org,2002:seq");
      return node.items.map((item) => this.read(item));
    }
    if (!isMap(node)) return null;
    this.#checkTag(node, "tag:yaml.org,2002:map");
    const members = new Map<string, ManifestValue>();
    for (const pair of node.items) {
      const key = this.#readKey(pair.key);
      members.set(key, this.read(pair.value));
    }
    return members;
  }

  #readKey(node: unknown): string {
    if (isScalar(node) && node.value === "<<" && node.type === "PLAIN" && node.tag === undefined) {
      throw this.#unsupported(
        node,
        "YAML 1.2 has no merge key (<<), and YAML 1.1 readers would merge",
      );
    }
    const key = this.read(node);
    if (typeof key !== "string") throw new TypeError("the structure check lets no other key pass");
    return key;
  }

  #checkTag(node: Node, expected: string): void {
    if ("tag" in node && node.tag !== undefined && node.tag !== expected) {
      throw this.#unsupported(node, "its tag is not of YAML's core schema");
    }
  }

  #unsupported(node: Node, reason: string): BackendError {
    const place = placeOf(this.#document.text, node.range?.[0] ?? 0);
    return new BackendError("unsupported_format", `${place}: cannot be translated: ${reason}`);
  }
}
