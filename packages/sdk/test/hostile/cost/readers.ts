/** What reads an input whose cost is measured; a refusal is as good as anything. */

import { k8sJson, k8sYaml, nomadHcl } from "../../../src/adapters/index.ts";
import { checkSnapshot } from "../../../src/backend/check-snapshot.ts";
import { Domain } from "../../../src/backend/domain.ts";
import { decodeEnvelope, decodeSnapshot } from "../../../src/codec/index.ts";
import { BackendError, defaultCapabilities, type Revision } from "../../../src/contract/index.ts";
import { CatalogSnapshotError } from "../../../src/codec/catalog-snapshot-error.ts";
import { CatalogSnapshot } from "../../../src/sealed/index.ts";
import { checkReference } from "../../../src/reference/index.ts";
import type { Reader } from "./cost-families.ts";

const domain = new Domain(defaultCapabilities);

/** Each reader, and for a manifest its translation too. */
export const readers: Readonly<Record<Reader, (input: Uint8Array) => void>> = {
  envelope: tolerant((input) => decodeEnvelope(input)),
  snapshot: tolerant((input) => decodeSnapshot(input)),
  restore: tolerant((input) => checkSnapshot(input, domain, () => "1" as Revision)),
  sealed: tolerant((input) => CatalogSnapshot.decode(input)),
  hcl: tolerant(nomadHcl.reference),
  yaml: (input) => {
    tolerant(k8sYaml.reference)(input);
    tolerant((body) => k8sJson.print?.(k8sYaml.parse?.(body) ?? null))(input);
  },
  json: (input) => {
    tolerant(k8sJson.reference)(input);
    tolerant((body) => k8sYaml.print?.(k8sJson.parse?.(body) ?? null))(input);
  },
  reference: tolerant((input) =>
    checkReference({ kind: "A", name: new TextDecoder().decode(input) }),
  ),
};

function tolerant(read: (input: Uint8Array) => unknown): (input: Uint8Array) => void {
  return (input) => {
    try {
      read(input);
    } catch (error) {
      if (!BackendError.is(error) && !CatalogSnapshotError.is(error)) throw error;
    }
  };
}
