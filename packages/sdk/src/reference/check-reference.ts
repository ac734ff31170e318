/** What every reference must be, whatever the backend. */

import { BackendError, type ResourceRef } from "../contract/index.ts";
import { printable } from "./format-reference.ts";

/** The most code points that a field of a reference may have. */
export const maxReferenceFieldLength = 253;

/**
 * Checks one field of a reference: non-empty well-formed Unicode of at most 253 code points, no NUL,
 * no `..` segment.
 *
 * @throws BackendError `invalid_reference` with the field's name.
 */
export function checkReferenceField(field: "kind" | "name" | "namespace", value: string): void {
  const problem = fieldProblem(value);
  if (problem !== undefined) {
    throw new BackendError("invalid_reference", `${field} ${problem}`, { field });
  }
}

/**
 * Checks a reference and returns a copy of it with nothing but its own fields.
 *
 * @throws BackendError `invalid_reference` with `field` naming the field at fault; TypeError if a
 * field is not a string.
 */
export function checkReference(ref: ResourceRef): ResourceRef {
  if (typeof ref !== "object" || ref === null)
    throw new TypeError("the reference must be an object");
  const { kind, name, namespace } = ref;
  checkString("ref.kind", kind);
  checkString("ref.name", name);
  if (namespace !== undefined) checkString("ref.namespace", namespace);
  const copy = namespace === undefined ? { kind, name } : { kind, name, namespace };
  checkReferenceFields(copy);
  return copy;
}

/**
 * Checks the fields of a reference that is nobody else's.
 *
 * @param known One that is right: a kind and namespace that are its own are not looked at again.
 * @throws BackendError `invalid_reference` with `field` naming the field at fault.
 */
export function checkReferenceFields(
  { kind, name, namespace }: ResourceRef,
  known?: ResourceRef,
): void {
  if (kind !== known?.kind) checkReferenceField("kind", kind);
  checkReferenceField("name", name);
  if (namespace !== undefined && namespace !== known?.namespace)
    checkReferenceField("namespace", namespace);
}

function fieldProblem(value: string): string | undefined {
  if (value === "") return "is empty";
  if (isTooLong(value)) return `is longer than ${maxReferenceFieldLength} characters`;
  if (!value.isWellFormed()) return "is not well-formed Unicode";
  if (value.includes("\0")) return "contains NUL";
  if (value.includes("..") && value.split(/[/\\]/).includes("..")) {
    return `"${printable(value)}" is a path traversal: it has a ".." segment`;
  }
  return undefined;
}

function isTooLong(value: string): boolean {
  if (value.length <= maxReferenceFieldLength) return false;
  if (value.length > 2 * maxReferenceFieldLength) return true;
  return [...value].length > maxReferenceFieldLength;
}

function checkString(what: string, value: unknown): void {
  if (typeof value !== "string")
    throw new TypeError(`${what} must be a string, not ${typeof value}`);
}
