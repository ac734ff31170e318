/** Opens a root as a StoreBackend over given file operations: the factory behind the factory. */

import {
  BackendError,
  type BackendErrorDetails,
  createBackend,
  type StoreBackend,
  StoreFailedError,
} from "@engenho/sdk";
import type { FileOperations } from "./file-operations.ts";
import type { FsBackendOptions } from "./index.ts";
import { openRoot } from "./open-root.ts";

const name = "filesystem";
const details: BackendErrorDetails = { backend: name, verb: "open" };

/** See `createFsBackend`. */
export async function openFsBackend(
  options: FsBackendOptions,
  operations: FileOperations,
): Promise<StoreBackend> {
  checkOptions(options);
  const { root, faceName, adapters } = options;
  try {
    const driver = await openRoot(root, faceName, operations);
    return await createBackend(driver, {
      name,
      capabilities: { durability: "process", restore: "atomic", sharing: "exclusive" },
      ...(adapters === undefined ? {} : { adapters }),
    });
  } catch (error) {
    if (error instanceof TypeError) throw error;
    if (!(error instanceof StoreFailedError)) throw BackendError.from(error, details);
    throw new BackendError("unavailable", error.message, {
      ...details,
      outcome: "unknown",
      cause: error,
    });
  }
}

function checkOptions(options: FsBackendOptions): void {
  if (typeof options !== "object" || options === null) {
    throw new TypeError("the options must be an object");
  }
  const { root, faceName } = options;
  checkText("root", root);
  if (root.includes("\0")) throw new TypeError("root must not contain NUL");
  if (faceName !== undefined) checkText("faceName", faceName);
}

function checkText(what: string, value: unknown): void {
  if (typeof value !== "string")
    throw new TypeError(`${what} must be a string, not ${typeof value}`);
  if (value === "" || !value.isWellFormed()) {
    throw new TypeError(`${what} must be well-formed text, not empty`);
  }
}
