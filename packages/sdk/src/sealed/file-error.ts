/** What went wrong with a file, as the error that its readers and writers throw. */

import { getSystemErrorMessage } from "node:util";
import { CatalogSnapshotError } from "../codec/catalog-snapshot-error.ts";

/** Runs what reads or writes a file; every failure says which file it was. */
export async function onPath<T>(path: string, act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    if (!CatalogSnapshotError.is(error)) throw error;
    const cause = "cause" in error ? { cause: error.cause } : {};
    throw new CatalogSnapshotError(error.kind, error.reason, { path, ...cause });
  }
}

/** An operating system's error: `cannot replace it: no space left on device (ENOSPC)`. */
export function ioError(cause: unknown, action: string): CatalogSnapshotError {
  if (CatalogSnapshotError.is(cause)) return cause;
  return new CatalogSnapshotError("io", `cannot ${action}: ${reasonOf(cause)}`, { cause });
}

/** The name of an operating system's error (`ENOENT`); undefined for any other. */
export function errnoOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || !("code" in error)) return undefined;
  return typeof error.code === "string" ? error.code : undefined;
}

/** Node's own message repeats the path. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const code = errnoOf(error);
  if (code === undefined || !("errno" in error) || typeof error.errno !== "number") {
    return error.message;
  }
  return `${getSystemErrorMessage(error.errno)} (${code})`;
}
