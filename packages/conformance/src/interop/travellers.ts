/** What travels between backends: the subjects' samples, and what careless stores lose. */

import {
  type FormatAdapter,
  k8sJson,
  k8sYaml,
  nativeAdapter,
  nomadHcl,
  referenceKey,
} from "@engenho/sdk";
import { type Manifest, nativeManifest, ownSamples } from "../harness/fixtures.ts";
import type { PreparedSubject } from "../harness/prepare-subject.ts";
import type { Sample } from "../harness/subject.ts";
import { trickyJson, trickyReference, trickyYaml } from "../requirements/core/tricky-manifests.ts";
import { weirdNames } from "../requirements/core/weird-names.ts";

const encoder = new TextEncoder();

/** Manifests of different references: the samples of both, then the suite's own. */
export function travellersOf(...subjects: readonly PreparedSubject[]): readonly Manifest[] {
  const samples = subjects.flatMap(({ subject, capabilities }) =>
    (subject.samples ?? ownSamples(capabilities)).flatMap(asManifest),
  );
  const byReference = new Map<string, Manifest>();
  for (const manifest of [...samples, ...tricky]) {
    const key = referenceKey(manifest.ref);
    if (!byReference.has(key)) byReference.set(key, manifest);
  }
  return [...byReference.values()];
}

const tricky: readonly Manifest[] = [
  ...weirdNames.flatMap((weird) => [
    nativeManifest({ kind: "ConfigMap", namespace: "default", name: weird }),
    nativeManifest({ kind: weird, namespace: weird, name: "same" }),
  ]),
  { ref: trickyReference, format: "yaml", body: encoder.encode(trickyYaml) },
  {
    ref: { ...trickyReference, name: "told-in-json" },
    format: "json",
    body: encoder.encode(trickyJson.replace('"told"', '"told-in-json"')),
  },
  nativeManifest({ kind: "ConfigMap", name: "an empty payload" }, new Uint8Array()),
  nativeManifest(
    { kind: "ConfigMap", name: "every byte" },
    Uint8Array.from({ length: 256 }, (_, i) => i),
  ),
];

/** A sample in a format of the subject's own says its reference to nobody but its backend. */
function asManifest({ format, body }: Sample): readonly Manifest[] {
  const adapter = adapters.find((each) => each.format === format);
  return adapter === undefined ? [] : [{ ref: adapter.reference(body), format, body }];
}

const adapters: readonly FormatAdapter[] = [k8sYaml, k8sJson, nomadHcl, nativeAdapter];
