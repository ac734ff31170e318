/** Formats: what reads them, what translates between them. */

export { AdapterRegistry, createAdapterRegistry } from "./adapter-registry.ts";
export type { FormatAdapter } from "./format-adapter.ts";
export { readJson } from "./json-reader.ts";
export { writeJson } from "./json-writer.ts";
export { k8sJson } from "./k8s-json.ts";
export { k8sYaml } from "./k8s-yaml.ts";
export { manifestReference } from "./manifest-reference.ts";
export { DecimalNumber, type ManifestValue } from "./manifest-value.ts";
export { nativeAdapter } from "./native.ts";
export { nomadHcl } from "./nomad-hcl.ts";
export { detectFormat, transcode } from "./transcode.ts";
export { readYaml } from "./yaml-reader.ts";
export { writeYaml } from "./yaml-writer.ts";
