/** Every example manifest is read and addressed; YAML and JSON survive translation to the other and back. */

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { createAdapterRegistry, detectFormat, transcode } from "../../src/adapters/index.ts";
import { decode } from "./arbitrary-values.ts";

const directory = join(import.meta.dirname, "../../../../examples/manifests");

/** Each file's reference: kind, name and, if it has one, namespace. */
const references: Readonly<Record<string, string>> = {
  "cache-sessions.yaml": "Cache.data.example.com sessions shop",
  "certificate-shop-tls.json": "Certificate.certs.example.org shop-tls shop",
  "clusterrole-inventory-reader.yaml": "ClusterRole inventory-reader",
  "clusterrolebinding-inventory-reader.json": "ClusterRoleBinding inventory-reader",
  "configmap-shop-dashboard.yaml": "ConfigMap shop-dashboard observability",
  "configmap-web-config.yaml": "ConfigMap web-config shop",
  "cronjob-nightly-report.yaml": "CronJob nightly-report shop",
  "customresourcedefinition-caches.data.example.com.yaml":
    "CustomResourceDefinition caches.data.example.com",
  "daemonset-node-logger.yaml": "DaemonSet node-logger observability",
  "deployment-web.yaml": "Deployment web shop",
  "horizontalpodautoscaler-web.yaml": "HorizontalPodAutoscaler web shop",
  "ingress-shop.yaml": "Ingress shop shop",
  "job-edge-proxy.nomad.hcl": "Job edge-proxy edge",
  "job-log-shipper.nomad.hcl": "Job log-shipper",
  "job-migrate-orders.json": "Job migrate-orders shop",
  "job-nightly-invoices.nomad.hcl": "Job nightly-invoices billing",
  "job-smoke-test.nomad.hcl": "Job smoke-test shop",
  "job-storefront.nomad.hcl": "Job storefront shop",
  "job-transcode.nomad.hcl": "Job media/transcode media",
  "namespace-shop.yaml": "Namespace shop",
  "networkpolicy-orders-db.yaml": "NetworkPolicy orders-db shop",
  "persistentvolume-archive-0.yaml": "PersistentVolume archive-0",
  "persistentvolumeclaim-archive.yaml": "PersistentVolumeClaim archive shop",
  "pod-debug.yaml": "Pod debug default",
  "poddisruptionbudget-web.yaml": "PodDisruptionBudget web shop",
  "priorityclass-storefront.yaml": "PriorityClass storefront",
  "role-config-editor.json": "Role config-editor shop",
  "rolebinding-config-editor.yaml": "RoleBinding config-editor shop",
  "secret-web-credentials.yaml": "Secret web-credentials shop",
  "service-web.serving.knative.dev.yaml": "Service.serving.knative.dev web shop",
  "service-web.yaml": "Service web shop",
  "serviceaccount-web.yaml": "ServiceAccount web shop",
  "statefulset-orders-db.yaml": "StatefulSet orders-db shop",
  "storageclass-fast-ssd.json": "StorageClass fast-ssd",
};

const registry = createAdapterRegistry();

test("the table above names every example", () => {
  expect(readdirSync(directory).toSorted()).toEqual(Object.keys(references).toSorted());
});

describe.each(Object.entries(references))("%s", (file, reference) => {
  const body = new Uint8Array(readFileSync(join(directory, file)));
  const format = file.endsWith(".hcl") ? "hcl" : file.endsWith(".json") ? "json" : "yaml";
  const other = format === "json" ? "yaml" : "json";
  const [kind = "", name = "", namespace] = reference.split(" ");
  const expected = namespace === undefined ? { kind, name } : { kind, name, namespace };

  test(`is ${reference}`, () => {
    expect(registry.select(format).reference(body)).toEqual(expected);
    // A payload without a label is never taken for HCL.
    expect(detectFormat(body, expected, registry)).toBe(format === "hcl" ? undefined : format);
  });

  if (format === "hcl") return;
  test(`is the same after translation into ${other} and back`, () => {
    const translated = transcode(body, format, other, registry);
    const back = transcode(translated, other, format, registry);
    const value = registry.select(format).parse?.(body);
    expect(value).toBeInstanceOf(Map);
    expect(registry.select(other).parse?.(translated)).toEqual(value);
    expect(registry.select(format).parse?.(back)).toEqual(value);
    expect(registry.select(other).reference(translated)).toEqual(expected);
  });
});

test.each([
  ["cache-sessions.yaml", "340282366920938463463374607431768211455"],
  ["cache-sessions.yaml", "9223372036854775807,"],
  ["cache-sessions.yaml", "0.30000000000000000000000000000000000001"],
  ["cache-sessions.yaml", "0.80"],
  ["certificate-shop-tls.json", "1461501637330902918203684832716283019655932542975"],
  ["customresourcedefinition-caches.data.example.com.yaml", "-9223372036854775808"],
])("%s keeps %s in JSON", (file, digits) => {
  const body = new Uint8Array(readFileSync(join(directory, file)));
  expect(
    decode(transcode(body, file.endsWith(".json") ? "json" : "yaml", "json", registry)),
  ).toContain(digits);
});
