/** What a reference must be, and which one a JSON manifest declares. */

import { BackendError, type ResourceRef } from "@engenho/sdk";
import { decode } from "cborg/json";
import { checkParts } from "./wire.ts";

/** @throws BackendError `invalid_reference` naming the field; TypeError for a field that is no text */
export function checkReference({ kind, name, namespace }: ResourceRef): ResourceRef {
  checkField("kind", kind);
  checkField("name", name);
  if (namespace === undefined) return { kind, name };
  checkField("namespace", namespace);
  return { kind, name, namespace };
}

export function checkField(field: keyof ResourceRef, text: string): void {
  if (typeof text !== "string") throw new TypeError(`the ${field} must be a string`);
  const problem =
    (text === "" && "is empty") ||
    ((text.length > 506 || [...text].length > 253) && "is longer than 253 characters") ||
    (!text.isWellFormed() && "is not well-formed Unicode") ||
    (text.includes("\0") && "contains NUL") ||
    (text.split(/[/\\]/).includes("..") && 'is a path traversal: it has a ".." segment');
  if (problem !== false)
    throw new BackendError("invalid_reference", `the ${field} ${problem}`, { field });
}

/**
 * The reference that a manifest declares: its kind has the API group behind it if that is not one of
 * Kubernetes' own.
 *
 * @throws BackendError `invalid_manifest`; `invalid_reference` for a field that no reference can have
 */
export function manifestReference(body: Uint8Array): ResourceRef {
  const manifest = readJson(body);
  const kind = textAt(manifest, "kind");
  const apiVersion = textAt(manifest, "apiVersion");
  const [, group = ""] = /^(?:([^/]+)\/)?[^/]+$/.exec(apiVersion) ?? refuse("apiVersion");
  if (apiVersion === "v1" && kind === "List") refuse("kind");
  checkField("kind", kind);
  const fullKind = isForeign(group) ? `${kind}.${group}` : kind;
  const suffix = fullKind.slice(fullKind.indexOf(".") + 1);
  // Whoever writes a group into the kind could take the place of that group's resource.
  if (isForeign(suffix) && suffix !== group) refuse("kind");

  const metadata = manifest.get("metadata");
  if (!(metadata instanceof Map)) return refuse("metadata");
  const name = textAt(metadata, "name", "metadata.name");
  const namespace: unknown = metadata.get("namespace") ?? "";
  if (typeof namespace !== "string") return refuse("metadata.namespace");
  return checkReference({ kind: fullKind, name, ...(namespace === "" ? {} : { namespace }) });
}

const isForeign = (group: string) => group.includes(".") && !group.endsWith(".k8s.io");

function textAt(object: ReadonlyMap<string, unknown>, key: string, field = key): string {
  const text = object.get(key);
  return typeof text === "string" && text !== "" ? text : refuse(field);
}

function readJson(body: Uint8Array): ReadonlyMap<string, unknown> {
  try {
    // JSON.parse is strict in grammar and lenient with equal names, cborg the other way round.
    JSON.parse(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(body));
    const manifest: unknown = decode(body, { useMaps: true, rejectDuplicateMapKeys: true });
    checkParts(manifest, 128);
    return manifest instanceof Map ? manifest : refuse();
  } catch {
    // Their messages quote the body, which may hold secrets.
    return refuse();
  }
}

function refuse(field?: string): never {
  const reason = field === undefined ? "is not an object in strict JSON" : `has no valid ${field}`;
  throw new BackendError("invalid_manifest", `the body ${reason}`, { field });
}
