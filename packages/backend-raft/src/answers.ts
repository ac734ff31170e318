/** What etcd answers, and what it means where it does not. */

import { BackendError, type Position } from "@engenho/sdk";
import { etcdError } from "./etcd/etcd-error.ts";

/** The cluster's revision when it answered. */
export function revisionIn({
  header,
}: {
  readonly header: { readonly revision: bigint } | undefined;
}): Position {
  if (header === undefined) throw new BackendError("internal", "etcd's answer has no header");
  return header.revision;
}

/** Rejects with a `BackendError`. */
export async function translated<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    throw etcdError(error);
  }
}

/** For what nobody sees before the flip. */
export async function withoutEffect<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (cause) {
    const { code, reason, retryable } = BackendError.from(etcdError(cause));
    throw new BackendError(code, reason, { outcome: "none", retryable, cause });
  }
}
