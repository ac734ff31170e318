/** Opens a root as a StoreBackend over a given disk: the factory behind the factory. */

import {
  BackendError,
  type BackendErrorDetails,
  createBackend,
  type StoreBackend,
  StoreFailedError,
} from "@engenho/sdk";
import type { FsBackendOptions } from "./index.ts";
import { openRoot } from "./open-root.ts";
import type { Disk } from "./disk.ts";
import type { PromisedDurability } from "./evidence/admission.ts";
import { notify } from "./notify.ts";

const name = "filesystem";
const durabilities: readonly PromisedDurability[] = ["power-loss", "process"];
const details: BackendErrorDetails = { backend: name, verb: "open" };

/** See `createFsBackend`. */
export async function openFsBackend(options: FsBackendOptions, disk: Disk): Promise<StoreBackend> {
  checkOptions(options);
  const { root, faceName, adapters, durability = "power-loss", ...rest } = options;
  const { journal, platformProfile, onOpen, onProgress } = rest;
  const begun = performance.now();
  try {
    const demands = {
      faceName,
      durability,
      journal,
      profile: platformProfile,
      onProgress,
    };
    const driver = await openRoot(root, demands, disk);
    const backend = await createBackend(driver, {
      name,
      capabilities: { durability, restore: "atomic", sharing: "exclusive" },
      ...(adapters === undefined ? {} : { adapters }),
    });
    const milliseconds = performance.now() - begun;
    if (onOpen !== undefined) {
      const { resources, damaged } = backend.diagnostics().counts;
      const report = { ...driver.diagnostics(), resources, damaged, milliseconds };
      notify(`onOpen of the store ${report.root}`, onOpen, report);
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

/** @throws TypeError naming the option. */
export function checkOptions(options: FsBackendOptions): void {
  if (typeof options !== "object" || options === null) {
    throw new TypeError("the options must be an object");
  }
  const { root, faceName, durability, platformProfile } = options;
  checkText("root", root);
  if (root.includes("\0")) throw new TypeError("root must not contain NUL");
  if (faceName !== undefined) checkText("faceName", faceName);
  if (platformProfile !== undefined) checkText("platformProfile", platformProfile);
  if (durability !== undefined && !durabilities.includes(durability)) {
    throw new TypeError(`durability must be ${durabilities.join(" or ")}`);
  }
  if (options.journal !== undefined && typeof options.journal !== "boolean") {
    throw new TypeError(`journal must be true or false, not ${typeof options.journal}`);
  }
  if (options.journal === true && durability === "process") {
    throw new TypeError(
      'a journal is for durability "power-loss": without fsync there is nothing to save',
    );
  }
  for (const observer of ["onOpen", "onProgress"] as const) {
    const type = typeof options[observer];
    if (type !== "undefined" && type !== "function") {
      throw new TypeError(`${observer} must be a function, not ${type}`);
    }
  }
}

function checkText(what: string, value: unknown): void {
  if (typeof value !== "string")
    throw new TypeError(`${what} must be a string, not ${typeof value}`);
  if (value === "" || !value.isWellFormed()) {
    throw new TypeError(`${what} must be well-formed text, not empty`);
  }
}
