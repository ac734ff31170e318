/** Adapters by format: the last one wins, and a registry in use never changes. */

import { describe, expect, test } from "vitest";
import {
  createAdapterRegistry,
  type FormatAdapter,
  k8sJson,
  k8sYaml,
  nativeAdapter,
  nomadHcl,
} from "../../src/adapters/index.ts";
import { failure } from "./failure.ts";

const toml: FormatAdapter = {
  name: "toml",
  format: "toml",
  reference: () => ({ kind: "A", name: "b" }),
};
const otherYaml: FormatAdapter = { ...toml, name: "other-yaml", format: "yaml" };

describe("createAdapterRegistry", () => {
  test("knows YAML, JSON, HCL and native, in this order", () => {
    const registry = createAdapterRegistry();
    expect(registry.formats).toEqual(["yaml", "json", "hcl", "native"]);
    expect([...registry]).toEqual([k8sYaml, k8sJson, nomadHcl, nativeAdapter]);
    expect(registry.select("json")).toBe(k8sJson);
  });

  test("lets the last adapter of a format win, in the place of the first", () => {
    const registry = createAdapterRegistry([toml, otherYaml]);
    expect(registry.formats).toEqual(["yaml", "json", "hcl", "native", "toml"]);
    expect(registry.select("yaml")).toBe(otherYaml);
  });

  test("registers into a registry of its own", () => {
    const before = createAdapterRegistry();
    const after = before.register(toml);
    expect(before.find("toml")).toBeUndefined();
    expect(after.find("toml")).toBe(toml);
    expect(after.select("yaml")).toBe(k8sYaml);
  });

  test.each(["toml", "__proto__", "constructor", ""])(
    "names the formats there are when asked for %j",
    (format) => {
      const error = failure(() => createAdapterRegistry().select(format));
      expect(error.code).toBe("unsupported_format");
      expect(error.reason).toBe(
        `no adapter reads ${JSON.stringify(format)}; there are yaml, json, hcl, native`,
      );
    },
  );

  test.each([
    ["adapter.format", { ...toml, format: "" }],
    ["adapter.name", { ...toml, name: undefined }],
    ["adapter.reference", { ...toml, reference: undefined }],
    ["adapter.parse", { ...toml, parse: null }],
    ["adapter.print", { ...toml, print: "yes" }],
  ])("refuses what is no adapter: %s", (field, adapter) => {
    expect(() => createAdapterRegistry([adapter as unknown as FormatAdapter])).toThrow(TypeError);
    expect(() => createAdapterRegistry([adapter as unknown as FormatAdapter])).toThrow(field);
  });
});
