/** Kubernetes manifests in YAML. */

import type { FormatAdapter } from "./format-adapter.ts";
import { manifestReference } from "./manifest-reference.ts";
import { readYaml, readYamlReferenceFields } from "./yaml-reader.ts";
import { writeYaml } from "./yaml-writer.ts";

/** Reads one YAML 1.2 document a body; anchors and aliases are allowed, keys are strings. */
export const k8sYaml: FormatAdapter = Object.freeze({
  name: "k8s-yaml",
  format: "yaml",
  reference: (body: Uint8Array) => manifestReference(readYamlReferenceFields(body)),
  parse: readYaml,
  print: writeYaml,
});
