/** Writes histories by hand. */

import type {
  Operation,
  OperationInput,
  OperationResult,
} from "../../../src/harness/linearizability/operation.ts";

/** One operation of the resource `a`; `from` and `to` are its call and return. */
export function did(
  client: number,
  from: number,
  to: number,
  input: OperationInput,
  result: OperationResult,
): Operation {
  return { client, resource: "a", input, result, call: from, return: to };
}

export const get: OperationInput = { verb: "get" };
export const remove: OperationInput = { verb: "delete" };

export function apply(body: string, ifRevision?: string): OperationInput {
  return { verb: "apply", body, ifRevision };
}

export function removeOver(ifRevision: string): OperationInput {
  return { verb: "delete", ifRevision };
}

export const created = (revision: string): OperationResult => ({ type: "created", revision });
export const replaced = (revision: string): OperationResult => ({ type: "replaced", revision });
export const unchanged = (revision: string): OperationResult => ({ type: "unchanged", revision });
export const found = (body: string, revision?: string): OperationResult => ({
  type: "found",
  body,
  revision,
});
export const deleted: OperationResult = { type: "deleted" };
export const notFound: OperationResult = { type: "not_found" };
export const conflict: OperationResult = { type: "conflict" };
export const unknown: OperationResult = { type: "unknown" };
export const refused: OperationResult = { type: "refused" };
