/** Bodies that are no manifests. */

import type { ResourceFormat } from "@engenho/sdk";

/** A body that apply must refuse as `invalid_manifest`. */
export interface MalformedManifest {
  readonly what: string;
  readonly format: ResourceFormat;
  readonly body: Uint8Array;
}

const encoder = new TextEncoder();
const head = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, namespace: default}\n";
const aliases = Array.from(
  { length: 12 },
  (_, i) => `l${i + 1}: &l${i + 1} [${"*l0, ".repeat(10).replaceAll("l0", `l${i}`)}]`,
);

const yaml: Readonly<Record<string, string | Uint8Array>> = {
  "broken syntax": "apiVersion: v1\nkind: [",
  "a tab as indentation": "apiVersion: v1\nkind: ConfigMap\nmetadata:\n\tname: a\n",
  nothing: "",
  "only a comment": "# nothing\n",
  "two documents": `${head}---\n${head}`,
  "a duplicate key": `${head}kind: Secret\n`,
  "a duplicate key deep inside": `${head}data: {a: 1, a: 2}\n`,
  "a number as a key": `${head}data: {1: one}\n`,
  "a null key": `${head}data: {null: one}\n`,
  "a mapping as a key": `${head}data: {{a: b}: one}\n`,
  "an alias bomb": `${head}l0: &l0 [lol, lol]\n${aliases.join("\n")}\n`,
  "an alias of nothing": `${head}data: *missing\n`,
  "10,000 nested sequences": `${head}data: ${"[".repeat(10_000)}${"]".repeat(10_000)}\n`,
  "a sequence": "- a\n- b\n",
  "a scalar": "just text\n",
  "no kind": "apiVersion: v1\nmetadata: {name: a}\n",
  "no apiVersion": "kind: ConfigMap\nmetadata: {name: a}\n",
  "no metadata": "apiVersion: v1\nkind: ConfigMap\n",
  "no name": "apiVersion: v1\nkind: ConfigMap\nmetadata: {namespace: default}\n",
  "a number as its name": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: 123}\n",
  "a list as its namespace":
    "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, namespace: [b]}\n",
  "bytes that are not UTF-8": Uint8Array.of(...encoder.encode(head), 0xc3, 0x28, 0x0a),
};

const json: Readonly<Record<string, string | Uint8Array>> = {
  "broken syntax": '{"apiVersion":"v1",',
  nothing: "",
  "a trailing comma": '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a"},}',
  "a comment": '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a"}} // no',
  "two values": '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a"}}{}',
  "a duplicate key":
    '{"apiVersion":"v1","kind":"ConfigMap","kind":"Secret","metadata":{"name":"a"}}',
  "100,000 nested arrays": `{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a"},"data":${"[".repeat(100_000)}`,
  "an array": "[]",
  null: "null",
  "a duplicate key deep inside":
    '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a"},"data":[{"b":1,"\\u0062":2}]}',
  "200 nested arrays": `{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a"},"data":${"[".repeat(200)}${"]".repeat(200)}}`,
  "no kind": '{"apiVersion":"v1","metadata":{"name":"a"}}',
  "no apiVersion": '{"kind":"ConfigMap","metadata":{"name":"a"}}',
  "an apiVersion of three parts": '{"apiVersion":"a.b/c/v1","kind":"A","metadata":{"name":"a"}}',
  "another group in its kind": '{"apiVersion":"v1","kind":"A.example.com","metadata":{"name":"a"}}',
  "a List": '{"apiVersion":"v1","kind":"List","metadata":{"name":"a"},"items":[]}',
  "no name": '{"apiVersion":"v1","kind":"ConfigMap","metadata":{}}',
  "an object as its name": '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":{}}}',
  "bytes that are not UTF-8": Uint8Array.of(0x22, 0xff, 0x22),
};

const hcl: Readonly<Record<string, string | Uint8Array>> = {
  nothing: "",
  "only a comment": '# job "a" {}\n',
  "no job": 'variable "a" {}\n',
  "two jobs": 'job "a" {\n}\njob "b" {\n}\n',
  "a job without a label": "job {\n}\n",
  "a job with two labels": 'job "a" "b" {\n}\n',
  "an empty label": 'job "" {\n}\n',
  "a template as its label": 'job "${var.a}" {\n}\n',
  "an empty id": 'job "a" {\n  id = ""\n}\n',
  "a block that is not closed": 'job "a" {\n  group "b" {\n}\n',
  "a brace too many": 'job "a" {\n}\n}\n',
  "another bracket": 'job "a" {\n  b = [1)\n}\n',
  "an argument twice": 'job "a" {\n  namespace = "b"\n  namespace = "b"\n}\n',
  "an argument without a value": 'job "a" {\n  b =\n}\n',
  "a string that is not closed": 'job "a" {\n  b = "c\n}\n',
  "an interpolation that is not closed": 'job "a" {\n  b = "${c"\n}\n',
  "a heredoc that is not closed": 'job "a" {\n  b = <<EOF\n}\n',
  "a comment that is not closed": 'job "a" {\n}\n/* b\n',
  "an unknown escape": 'job "a" {\n  b = "\\x"\n}\n',
  "single quotes": "job 'a' {\n}\n",
  "10,000 nested lists": `job "a" {\n  b = ${"[".repeat(10_000)}${"]".repeat(10_000)}\n}\n`,
  "a job in JSON": '{"job": {"a": {}}}\n',
  "bytes that are not UTF-8": Uint8Array.of(...encoder.encode('job "a" {\n  b = "'), 0xff),
};

const native: Readonly<Record<string, string | Uint8Array>> = {
  nothing: "",
  text: "apiVersion: v1",
  "an empty map": Uint8Array.of(0xa0),
  "an array": Uint8Array.of(0x80),
  "bytes that end too soon": Uint8Array.of(0xa2, 0x63, 0x72, 0x65, 0x66),
  "a giant announced length": Uint8Array.of(0xbb, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff),
  "10,000 nested arrays": new Uint8Array(10_000).fill(0x81),
};

function table(
  format: ResourceFormat,
  bodies: Readonly<Record<string, string | Uint8Array>>,
): MalformedManifest[] {
  return Object.entries(bodies).map(([what, body]) => ({
    what,
    format,
    body: typeof body === "string" ? encoder.encode(body) : body,
  }));
}

export const malformedManifests: readonly MalformedManifest[] = [
  ...table("yaml", yaml),
  ...table("json", json),
  ...table("hcl", hcl),
  ...table("native", native),
];
