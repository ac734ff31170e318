/** Leaving comments and blank lines out changes nothing of what the library's parser reads. */

import { expect, test } from "vitest";
import { Composer, isAlias, isPair, isScalar, Parser, Schema, isCollection } from "yaml";
import { parseYaml } from "../../src/adapters/yaml-document.ts";
import { BackendError } from "../../src/contract/index.ts";
import { yamlGrammar } from "../hostile/families/yaml.ts";
import { mutateText } from "../hostile/mutate-text.ts";
import { Random } from "../hostile/random.ts";

const schema = new Schema({ schema: "failsafe", resolveKnownTags: false });

/** A node with everything that matters of it: values, properties, and where it begins. */
function shape(node: unknown): unknown {
  if (isPair(node)) return [shape(node.key), shape(node.value)];
  if (isAlias(node)) return ["alias", node.source, node.range?.[0]];
  if (isScalar(node)) {
    const { anchor, tag, type, range } = node;
    // An empty node stands anywhere in the blank space behind what is before it.
    return [String(node.value), anchor, tag, type, node.source === "" ? 0 : range?.[0]];
  }
  if (!isCollection(node)) return null;
  return [node.anchor, node.tag, node.range?.[0], node.items.map(shape)];
}

/** What the library reads in a whole text, comments and all; undefined for an error. */
function libraryValue(text: string): unknown {
  const composer = new Composer({ schema, uniqueKeys: false, logLevel: "silent" });
  const [document, another] = composer.compose(new Parser().parse(text));
  if (document === undefined || another !== undefined || document.errors.length > 0)
    return undefined;
  return JSON.stringify(shape(document.contents));
}

/** The same of ours, without the checks of structure that the library does not make. */
function ourValue(text: string): unknown {
  try {
    const { root } = parseYaml(new TextEncoder().encode(text));
    return JSON.stringify(shape(root));
  } catch (error) {
    if (BackendError.is(error)) return error;
    throw error;
  }
}

const grammar = {
  samples: [
    ...yamlGrammar.samples,
    "# a\n\n%YAML 1.2\n# b\n---\n# c\na: # d\n\n  # e\n  - b # f\n\n  -\t# g\n    c: |\n      # text\n\n  # h\n# i\n? d # j\n\n: e\n... # k\n",
    "a:\n  - &x !!str b\n\n# c\n  - {d: [e, # f\n\n   g]}\n\nh: 'i # j\n\n   k'\nl: m\n\t# n\no: >-\n\n  p\n\n  # q\n",
  ],
  tokens: [
    "# x",
    " # y\n",
    "#",
    "\n",
    "\n\n",
    "\n  ",
    " ",
    "\t",
    "a",
    ": ",
    "- ",
    "? ",
    "[",
    "]",
    ",",
    "|\n",
    "&b ",
    "'",
    "\r\n",
  ],
};

test("what is read with comments and blank lines, and without them, is the same", () => {
  let read = 0;
  const differences: string[] = [];
  for (let index = 0; index < 3_000; index++) {
    const text = mutateText(Random.ofInput(7, "lexemes", index), grammar);
    const [ours, library] = [ourValue(text), libraryValue(text)];
    if (!BackendError.is(ours)) {
      read++;
      if (ours !== library) differences.push(text);
    } else if (library !== undefined && !ourOwnRules.test(ours.reason)) {
      differences.push(`${ours.reason}: ${text}`);
    }
  }
  expect(differences).toEqual([]);
  expect(read).toBeGreaterThan(500);
});

/** What the library takes and a manifest may not have. */
const ourOwnRules =
  /comment must be separated|duplicate key|a key is|alias|no YAML document|U\+|levels of nesting|surrogate/;
