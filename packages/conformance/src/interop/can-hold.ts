/** Says by a backend's claims whether it holds a resource. */

import type { Capabilities, KindDomain } from "@engenho/sdk";
import { type Manifest, takesName } from "../harness/fixtures.ts";

/** Why it does not, to follow the backend's name: "holds no kind Job"; undefined if it does. */
export function refusal(
  { kinds, formats, maxBodyBytes }: Capabilities,
  manifest: Manifest,
): string | undefined {
  const domain = kinds === "any" ? undefined : kinds.find(({ kind }) => kind === manifest.ref.kind);
  if (kinds !== "any" && domain === undefined) return `holds no kind ${manifest.ref.kind}`;
  if (!(domain?.formats ?? formats).includes(manifest.format)) return `takes no ${manifest.format}`;
  if (manifest.body.length > (domain?.maxBodyBytes ?? maxBodyBytes))
    return "takes no bodies as large";
  return domain === undefined ? undefined : outsideDomain(domain, manifest);
}

function outsideDomain(domain: KindDomain, { ref }: Manifest) {
  const { kind, scope, defaultNamespace } = domain;
  if (scope === "cluster" && ref.namespace !== undefined) return `holds ${kind} without namespaces`;
  if (ref.namespace === undefined) {
    if (scope === "namespaced") return `holds ${kind} in namespaces only`;
    // It would be stored, and be another resource than elsewhere.
    if (defaultNamespace !== undefined) return `gives ${kind} a namespace of its own`;
  }
  return takesName(domain, ref.name) ? undefined : `takes ${kind} under other names only`;
}
