/** JSON: mutated manifests, beside what JSON.parse makes of them. */

import { k8sJson } from "../../../src/adapters/index.ts";
import { DecimalNumber, type ManifestValue } from "../../../src/adapters/manifest-value.ts";
import type { BackendError } from "../../../src/contract/index.ts";
import type { Family } from "../family.ts";
import { secret } from "../flaw-of-error.ts";
import type { TextGrammar } from "../mutate-text.ts";
import { manifestFamily } from "./manifest-family.ts";

export const jsonGrammar: TextGrammar = {
  samples: [
    JSON.stringify({
      apiVersion: "v1",
      kind: "Secret",
      metadata: { name: "a", namespace: "b", labels: { "é😀": "\ud83d\ude00\n" } },
      stringData: { token: secret, list: [1, -0.5e-7, true, null, { a: [] }, {}, `${secret}\t`] },
    }),
    JSON.stringify(
      {
        kind: "List2",
        apiVersion: "x.y/v1",
        metadata: { name: "n" },
        n: [[[[0]]], 2 ** 60, 1e308],
      },
      undefined,
      2,
    ),
    `{"apiVersion":"v1","kind":"A","metadata":{"name":"\\u0041\\ud83d\\ude00"},"__proto__":{"a":1},"constructor":{"prototype":{"b":2}},"x":1E+400}`,
  ],
  tokens: [
    ...[
      "{",
      "}",
      "[",
      "]",
      ":",
      ",",
      '"',
      "\\",
      "\\u",
      "\\ud800",
      "\\udc00",
      "\\u0000",
      "\\n",
      "\\x",
    ],
    ...[
      "true",
      "fals",
      "null",
      "NaN",
      "-",
      "0",
      "00",
      "1.",
      ".5",
      "e",
      "1e5",
      "-0",
      "9".repeat(40),
    ],
    ...['"__proto__":{"x":1},', '"a":1,', '"kind":"B",', "[[", '{"a":', "/*", "//", "\ufeff", "'"],
    ...[" ", "\t", "\n", "\r", "\u00a0", "\u2028", "\u007f", "\u0085", "\u0000", "é", "😀"],
  ],
};

/** Reasons for which we refuse what JSON.parse takes. */
const stricter = /duplicate name|lone surrogate|levels of nesting|not valid UTF-8/;

export const jsonFamily: Family<Uint8Array> = manifestFamily({
  name: "json",
  weight: 210,
  grammar: jsonGrammar,
  adapter: k8sJson,
  acceptanceFlaw: (bytes, value) => {
    const parsed = parse(bytes);
    if (parsed === undefined) return "JSON.parse refuses what was accepted";
    if (!isSameValue(value, parsed.value)) return "JSON.parse reads another value";
    const printed = k8sJson.print?.(value) ?? new Uint8Array();
    const again = k8sJson.parse?.(printed);
    return again !== undefined && isSameValue(again, parsed.value)
      ? undefined
      : "what it read is another value when written and read again";
  },
  refusalFlaw: (bytes, { reason }: BackendError) =>
    stricter.test(reason) || parse(bytes) === undefined
      ? undefined
      : `JSON.parse takes what was refused: ${reason}`,
});

function parse(bytes: Uint8Array): { readonly value: unknown } | undefined {
  try {
    const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
    return { value: JSON.parse(decoder.decode(bytes)) as unknown };
  } catch {
    return undefined;
  }
}

/** Whether our value is the one that JSON.parse reads, which rounds numbers. */
function isSameValue(ours: ManifestValue, theirs: unknown): boolean {
  if (ours instanceof DecimalNumber) return Object.is(Number(ours.text), theirs);
  if (typeof ours !== "object" || ours === null) return ours === theirs;
  if (typeof theirs !== "object" || theirs === null) return false;
  if (!(ours instanceof Map)) {
    const items = ours as readonly ManifestValue[];
    return (
      Array.isArray(theirs) &&
      theirs.length === items.length &&
      items.every((item, at) => isSameValue(item, theirs[at]))
    );
  }
  if (Array.isArray(theirs) || Object.keys(theirs).length !== ours.size) return false;
  return Object.entries(theirs).every(([name, member]) => {
    const own = (ours as ReadonlyMap<string, ManifestValue>).get(name);
    return own !== undefined && isSameValue(own, member);
  });
}
