/** Resources that both implementations put at the same place, so that they travel whichever one writes. */

import { encodeEnvelope, type ResourceRef } from "@engenho/sdk";
import { payloadBytes, type StoredPayload, storeBytes } from "./stored-bytes.ts";

/** One resource and what is applied to make it. */
export interface RootCase {
  readonly ref: ResourceRef;
  readonly format: string;
  readonly body: StoredPayload;
}

/** A manifest in YAML, its texts quoted as JSON quotes them. */
export function yamlOf(apiVersion: string, { kind, name, namespace }: ResourceRef): string {
  const scope = namespace === undefined ? "" : `, namespace: ${JSON.stringify(namespace)}`;
  const metadata = `{name: ${JSON.stringify(name)}${scope}}`;
  return `apiVersion: ${apiVersion}\nkind: ${JSON.stringify(kind)}\nmetadata: ${metadata}\n`;
}

function pod(name: string, namespace: string = "default"): RootCase {
  const ref = { kind: "Pod", name, namespace };
  return { ref, format: "yaml", body: { text: yamlOf("v1", ref) } };
}

function native(ref: ResourceRef, payload: StoredPayload, format?: string): RootCase {
  const label = format === undefined ? {} : { format };
  const envelope = encodeEnvelope({ ref, payload: payloadBytes(payload), ...label });
  return { ref, format: "native", body: { hex: storeBytes(envelope) } };
}

const json = {
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { name: "settings", namespace: "team-a" },
  data: { greeting: "Grüße 😀", "a/b": "\u0001" },
};

/** What only Rust applies here: it puts no label on it, and we read its envelope. */
export const nomadJob: RootCase = {
  ref: { kind: "Job", name: "batch", namespace: "team-a" },
  format: "hcl",
  body: { text: 'job "batch" {\n  namespace = "team-a"\n  # kept\n  group "g" { count = 3 }\n}\n' },
};

/** Every one of them has a reference of its own. */
export const rootCases: readonly RootCase[] = [
  pod("web"),
  pod("WEB"),
  pod("web", "team-a"),
  pod("web", "n".repeat(253)),
  pod("web.v1.example.com"),
  pod("system:node@host_1-a"),
  pod("web.envelope"),
  pod("web.envelope.tmp"),
  pod("1"),
  // Their temporary file has the name with ".envelope.tmp" behind it, and 255 bytes at most.
  pod("n".repeat(242)),
  {
    ref: { kind: "Pod", name: "commented", namespace: "default" },
    format: "yaml",
    body: {
      text: '# kept\r\napiVersion: v1\r\nkind: Pod\r\nmetadata:\r\n  name: commented # too\r\n  namespace: default\r\nspec: {big: 12345678901234567890, text: "ü😀"}\r\n',
    },
  },
  {
    ref: { kind: "ConfigMap", name: "settings", namespace: "team-a" },
    format: "json",
    body: { text: JSON.stringify(json, null, 2) },
  },
  {
    ref: { kind: "ClusterRole", name: "admin" },
    format: "json",
    body: {
      text: '{"apiVersion":"rbac.authorization.k8s.io/v1","kind":"ClusterRole","metadata":{"name":"admin"}}',
    },
  },
  {
    ref: { kind: "Node", name: "n1" },
    format: "yaml",
    body: { text: yamlOf("v1", { kind: "Node", name: "n1" }) },
  },
  native({ kind: "Certificate.cert-manager.io", name: "tls", namespace: "default" }, { text: "" }),
  native({ kind: "K".repeat(253), name: "long" }, { length: 256, first: 0, step: 1 }),
  native({ kind: "Blob", name: "large" }, { length: 100_000, first: 3, step: 7 }),
  native({ kind: "Blob", name: "labelled", namespace: "default" }, { text: "kind: x\n" }, "yaml"),
];
