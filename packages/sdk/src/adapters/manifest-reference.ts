/** The reference that a Kubernetes manifest declares. */

import { BackendError, type ResourceRef } from "../contract/index.ts";
import { checkReferenceField } from "../reference/index.ts";
import { DecimalNumber, type ManifestValue } from "./manifest-value.ts";

/**
 * Reads `apiVersion`, `kind`, `metadata.name` and `metadata.namespace`. An empty or null namespace is
 * none. A kind of an API group that is not Kubernetes' own (it has a dot and does not end in
 * `.k8s.io`) gets the group behind it, so that two groups may use one kind.
 *
 * @throws BackendError `invalid_manifest`, with `field` where one is at fault.
 * @example
 * manifestReference(readJson(body)); // { kind: "Service.serving.knative.dev", name: "web", namespace: "shop" }
 */
export function manifestReference(manifest: ManifestValue): ResourceRef {
  if (!(manifest instanceof Map)) {
    throw new BackendError(
      "invalid_manifest",
      `a manifest is a mapping, not ${typeName(manifest)}`,
    );
  }
  const root = manifest as Mapping;
  const apiVersion = requiredText(root, "apiVersion", "apiVersion");
  const group = groupOf(apiVersion);
  const kind = requiredText(root, "kind", "kind");
  checkKind(kind, apiVersion, group);

  const metadata = root.get("metadata");
  if (metadata === undefined) throw invalid("metadata", "is missing");
  if (!(metadata instanceof Map))
    throw invalid("metadata", `must be a mapping, not ${typeName(metadata)}`);
  const fields = metadata as Mapping;
  if (!fields.has("name") && fields.has("generateName")) {
    throw invalid(
      "metadata.name",
      "is missing: names are not generated, so generateName is not enough",
    );
  }
  const name = requiredText(fields, "name", "metadata.name");
  const namespace = optionalText(fields.get("namespace"), "metadata.namespace");
  const address = { kind: isForeignGroup(group) ? `${kind}.${group}` : kind, name };
  return namespace === "" ? address : { ...address, namespace };
}

type Mapping = ReadonlyMap<string, ManifestValue>;

/** The part of an apiVersion before the slash; the core group has none. */
function groupOf(apiVersion: string): string {
  const parts = apiVersion.split("/");
  if (parts.length > 2 || parts.includes(""))
    throw invalid("apiVersion", "must be version or group/version");
  return parts.length === 2 ? (parts[0] ?? "") : "";
}

function isForeignGroup(group: string): boolean {
  return group.includes(".") && !group.endsWith(".k8s.io");
}

function checkKind(kind: string, apiVersion: string, group: string): void {
  if (kind === "List" && apiVersion === "v1") {
    throw invalid("kind", "is List: it holds several resources, and each is applied on its own");
  }
  checkReferenceField("kind", kind);
  // A Service.example.com of v1 would be taken for the Service of example.com.
  const dot = kind.indexOf(".");
  if (dot !== -1 && (isForeignGroup(group) || isForeignGroup(kind.slice(dot + 1)))) {
    throw invalid("kind", "has a dot: the API group stands in apiVersion");
  }
}

function requiredText(mapping: Mapping, key: string, field: string): string {
  const value = mapping.get(key);
  if (value === undefined) throw invalid(field, "is missing");
  if (typeof value !== "string") throw invalid(field, notText(value));
  if (value === "") throw invalid(field, "is empty");
  return value;
}

function optionalText(value: ManifestValue | undefined, field: string): string {
  if (value === undefined || value === null) return "";
  if (typeof value !== "string") throw invalid(field, notText(value));
  return value;
}

function notText(value: ManifestValue): string {
  const isUnquoted = typeof value === "boolean" || value instanceof DecimalNumber;
  return `must be a string, not ${typeName(value)}${isUnquoted ? ": put it in quotes" : ""}`;
}

function typeName(value: ManifestValue): string {
  if (value === null) return "null";
  if (typeof value === "string") return "a string";
  if (typeof value === "boolean") return "a boolean";
  if (value instanceof DecimalNumber) return "a number";
  return value instanceof Map ? "a mapping" : "a list";
}

function invalid(field: string, problem: string): BackendError {
  return new BackendError("invalid_manifest", `${field} ${problem}`, { field });
}
