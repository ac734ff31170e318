/** One manifest in two formats, full of what careless translations lose. */

import { type FormatAdapter, k8sJson, type ManifestValue, type ResourceRef } from "@engenho/sdk";
import { assertEqual } from "../../harness/assertions.ts";

/** The resource that both are. */
export const trickyReference: ResourceRef = {
  kind: "ConfigMap",
  name: "told",
  namespace: "default",
};

export const trickyJson: string = `{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"told","namespace":"default"},"zeta":1,"alpha":2,
"big":9007199254740993,"huge":123456789012345678901234567890,"long":0.1000000000000000055511151231257827,"small":1e-7,"negative":-0.5,
"yes":"yes","on":"on","octal":"0o17","date":"2026-11-21","null":"null","number":"1e3","empty":"","space":" a ","lines":"a\\nb\\n\\nc",
"crlf":"a\\r\\nb","unicode":"\\u00fc \\ud83d\\ude00","__proto__":{"polluted":true},"a/b: c":"#","list":[null,true,[],{}]}`;

export const trickyYaml: string = `apiVersion: v1
kind: ConfigMap
metadata: {name: told, namespace: default}
zeta: 1
alpha: 2
big: 9007199254740993 # above 2^53
huge: 123456789012345678901234567890
long: 0.1000000000000000055511151231257827
small: 1e-7
negative: -0.5
"yes": yes
on: on
octal: "0o17"
date: 2026-11-21
"null": "null"
number: "1e3"
empty: ""
space: " a "
lines: |-
  a
  b

  c
crlf: "a\\r\\nb"
unicode: ü 😀
__proto__: &shared {polluted: true}
"a/b: c": "#"
list: [~, true, [], {}]
`;

/** Fails unless this body has the value of both, to the last digit and in their order. */
export function assertSaysTricky(adapter: FormatAdapter, body: Uint8Array, what: string): void {
  const expected = new TextEncoder().encode(trickyJson);
  assertEqual(plain(adapter.parse?.(body) ?? null), plain(k8sJson.parse?.(expected) ?? null), what);
}

/** A value in which two equal manifests are equal data: mappings as pairs, numbers as their text. */
function plain(value: ManifestValue): unknown {
  if (value instanceof Map)
    return [...value].map(([key, part]) => [key, plain(part as ManifestValue)]);
  if (Array.isArray(value)) return value.map((part: ManifestValue) => plain(part));
  return value;
}
