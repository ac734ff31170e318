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
import { reportOpening } from "./report-opening.ts";

const name = "filesystem";
const details: BackendErrorDetails = { backend: name, verb: "open" };

/** See `createFsBackend`. */
export async function openFsBackend(
  options: FsBackendOptions,
  operations: FileOperations,
): Promise<StoreBackend> {
  checkOptions(options);
  const { root, faceName, adapters, platformProfile, onOpen } = options;
  const begun = performance.now();
  try {
    const demands = { faceName, durability: "process", profile: platformProfile } as const;
    const driver = await openRoot(root, demands, operations);
    const backend = await createBackend(driver, {
      name,
      capabilities: { durability: "process", restore: "atomic", sharing: "exclusive" },
      ...(adapters === undefined ? {} : { adapters }),
    });
    const milliseconds = performance.now() - begun;
    if (onOpen !== undefined) {
      reportOpening(driver.diagnostics(), backend.diagnostics(), milliseconds, onOpen);
    }
    return backend;
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
  const { root, faceName, platformProfile, onOpen } = options;
  checkText("root", root);
  if (root.includes("\0")) throw new TypeError("root must not contain NUL");
  if (faceName !== undefined) checkText("faceName", faceName);
  if (platformProfile !== undefined) checkText("platformProfile", platformProfile);
  if (onOpen !== undefined && typeof onOpen !== "function") {
    throw new TypeError(`onOpen must be a function, not ${typeof onOpen}`);
  }
}

function checkText(what: string, value: unknown): void {
  if (typeof value !== "string")
    throw new TypeError(`${what} must be a string, not ${typeof value}`);
  if (value === "" || !value.isWellFormed()) {
    throw new TypeError(`${what} must be well-formed text, not empty`);
  }
}
