/** Kubernetes manifests in JSON. */

import type { FormatAdapter } from "./format-adapter.ts";
import { readJson } from "./json-reader.ts";
import { writeJson } from "./json-writer.ts";
import { manifestReference } from "./manifest-reference.ts";

/** Reads strict JSON (RFC 8259): equal names in one object are refused, numbers keep their digits. */
export const k8sJson: FormatAdapter = Object.freeze({
  name: "k8s-json",
  format: "json",
  reference: (body: Uint8Array) => manifestReference(readJson(body)),
  parse: readJson,
  print: writeJson,
});
