/** The reference of a manifest is the same whatever the format, and what is wrong with it is named. */

import { describe, expect, test } from "vitest";
import { k8sJson, k8sYaml, manifestReference, readYaml } from "../../src/adapters/index.ts";
import { encode } from "./arbitrary-values.ts";
import { failure } from "./failure.ts";

describe("the reference", () => {
  test.each([
    [
      "{apiVersion: v1, kind: Pod, metadata: {name: a, namespace: b}}",
      { kind: "Pod", name: "a", namespace: "b" },
    ],
    ["{apiVersion: v1, kind: Node, metadata: {name: a}}", { kind: "Node", name: "a" }],
    [
      "{apiVersion: v1, kind: Node, metadata: {name: a, namespace: ''}}",
      { kind: "Node", name: "a" },
    ],
    [
      "{apiVersion: v1, kind: Node, metadata: {name: a, namespace: null}}",
      { kind: "Node", name: "a" },
    ],
    [
      "{apiVersion: v1, kind: Pod, metadata: {generateName: a-, name: a}}",
      { kind: "Pod", name: "a" },
    ],
    [
      "{apiVersion: v1, kind: Pod, metadata: {name: '123', namespace: 'on'}}",
      { kind: "Pod", name: "123", namespace: "on" },
    ],
    [
      "{apiVersion: v1, kind: __proto__, metadata: {name: constructor}}",
      { kind: "__proto__", name: "constructor" },
    ],
    [
      "{apiVersion: v1, kind: a/b, metadata: {name: trailing.}}",
      { kind: "a/b", name: "trailing." },
    ],
    ["{apiVersion: v1, kind: a., metadata: {name: 😀}}", { kind: "a.", name: "😀" }],
  ])("of %s", (source, expected) => {
    const value = readYaml(encode(source));
    expect(manifestReference(value)).toEqual(expected);
    expect(k8sYaml.reference(encode(source))).toEqual(expected);
    expect(k8sJson.reference(k8sJson.print?.(value) ?? new Uint8Array())).toEqual(expected);
  });

  test.each([
    ["v1", "Service"],
    ["apps/v1", "Service"],
    ["networking.k8s.io/v1", "Service"],
    ["snapshot.storage.k8s.io/v1", "Service"],
    ["serving.knative.dev/v1", "Service.serving.knative.dev"],
    ["notk8s.io/v1", "Service.notk8s.io"],
    ["example.com/v1alpha1", "Service.example.com"],
  ])("has the group of %s in its kind if it is not Kubernetes' own", (apiVersion, kind) => {
    const body = encode(JSON.stringify({ apiVersion, kind: "Service", metadata: { name: "a" } }));
    expect(k8sJson.reference(body)).toEqual({ kind, name: "a" });
    expect(k8sYaml.reference(body)).toEqual({ kind, name: "a" });
  });

  test("is read through anchors and aliases", () => {
    const source =
      "x: [&n web, &m {name: *n, namespace: shop}]\nkind: &k Pod\napiVersion: v1\nmetadata: *m\n";
    expect(k8sYaml.reference(encode(source))).toEqual({
      kind: "Pod",
      name: "web",
      namespace: "shop",
    });
  });
});

/** Each in YAML, whose flow style says JSON too. */
const refusals: readonly (readonly [source: string, field: string | undefined, reason: string])[] =
  [
    ["[]", undefined, "a manifest is a mapping, not a list"],
    ['"text"', undefined, "a manifest is a mapping, not a string"],
    ["12", undefined, "a manifest is a mapping, not a number"],
    ["null", undefined, "a manifest is a mapping, not null"],
    ["{}", "apiVersion", "apiVersion is missing"],
    [
      '{"apiVersion": 1}',
      "apiVersion",
      "apiVersion must be a string, not a number: put it in quotes",
    ],
    ['{"apiVersion": ""}', "apiVersion", "apiVersion is empty"],
    ['{"apiVersion": "a/b/c"}', "apiVersion", "apiVersion must be version or group/version"],
    ['{"apiVersion": "/v1"}', "apiVersion", "apiVersion must be version or group/version"],
    ['{"apiVersion": "apps/"}', "apiVersion", "apiVersion must be version or group/version"],
    ['{"apiVersion": "v1"}', "kind", "kind is missing"],
    ['{"apiVersion": "v1", "kind": null}', "kind", "kind must be a string, not null"],
    [
      '{"apiVersion": "v1", "kind": true}',
      "kind",
      "kind must be a string, not a boolean: put it in quotes",
    ],
    ['{"apiVersion": "v1", "kind": ["Pod"]}', "kind", "kind must be a string, not a list"],
    [
      '{"apiVersion": "v1", "kind": "List", "items": []}',
      "kind",
      "kind is List: it holds several resources",
    ],
    [
      '{"apiVersion": "a.b/v1", "kind": "C.d"}',
      "kind",
      "kind has a dot: the API group stands in apiVersion",
    ],
    ['{"apiVersion": "v1", "kind": "Service.example.com"}', "kind", "kind has a dot"],
    ['{"apiVersion": "v1", "kind": "Pod"}', "metadata", "metadata is missing"],
    [
      '{"apiVersion": "v1", "kind": "Pod", "metadata": []}',
      "metadata",
      "metadata must be a mapping, not a list",
    ],
    [
      '{"apiVersion": "v1", "kind": "Pod", "metadata": "a"}',
      "metadata",
      "metadata must be a mapping, not a string",
    ],
    [metadata("{}"), "metadata.name", "metadata.name is missing"],
    [
      metadata('{"generateName": "a-"}'),
      "metadata.name",
      "metadata.name is missing: names are not generated",
    ],
    [metadata('{"name": ""}'), "metadata.name", "metadata.name is empty"],
    [
      metadata('{"name": 123}'),
      "metadata.name",
      "metadata.name must be a string, not a number: put it in quotes",
    ],
    [
      metadata('{"name": {"a": 1}}'),
      "metadata.name",
      "metadata.name must be a string, not a mapping",
    ],
    [
      metadata('{"name": "a", "namespace": 5}'),
      "metadata.namespace",
      "metadata.namespace must be a string, not a number",
    ],
    [
      metadata('{"name": "a", "namespace": []}'),
      "metadata.namespace",
      "metadata.namespace must be a string, not a list",
    ],
  ];

describe("refused", () => {
  test.each(refusals)("%s", (source, field, reason) => {
    for (const adapter of [k8sJson, k8sYaml]) {
      const error = failure(() => adapter.reference(encode(source)));
      expect(error.code).toBe("invalid_manifest");
      expect(error.field).toBe(field);
      expect(error.reason).toContain(reason);
    }
  });

  test.each([
    [
      "infinity as a name",
      metadata("{name: .inf}"),
      "metadata.name must be a string, not a number",
    ],
    [
      "a tag on the name",
      metadata("{name: !mine a}"),
      "line 1, column 62: the reference cannot be read here",
    ],
    [
      "a name that only a merge would bring",
      `{x: &x {name: a}, ${metadata("{<<: *x}").slice(1)}`,
      "metadata.name is missing",
    ],
  ])("%s", (_name, source, reason) => {
    const error = failure(() => k8sYaml.reference(encode(source)));
    expect(error.code).toBe("invalid_manifest");
    expect(error.reason).toContain(reason);
  });
});

function metadata(fields: string): string {
  return `{"apiVersion": "v1", "kind": "Pod", "metadata": ${fields}}`;
}
