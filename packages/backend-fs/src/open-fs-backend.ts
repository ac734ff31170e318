/** Opens a root as a StoreBackend over a given disk: the factory behind the factory. */

import {
  BackendError,
  type BackendErrorDetails,
  createBackend,
  type StoreBackend,
  StoreFailedError,
} from "@engenho/sdk";
import { errnoOf } from "./errno.ts";
import { fsError } from "./fs-error.ts";
import type { FsBackendOptions } from "./index.ts";
import { openRoot } from "./open-root.ts";
import type { Disk } from "./disk.ts";
import type { PromisedDurability } from "./evidence/admission.ts";
import { ExternalDriver } from "./external/external-driver.ts";
import { notify } from "./notify.ts";

const name = "filesystem";
const durabilities: readonly PromisedDurability[] = ["power-loss", "process"];
const details: BackendErrorDetails = { backend: name, verb: "open" };

/**
 * No filesystem compares before it replaces: a precondition would be imitated with a race against other
 * writers. And what they have just written may not have been looked at yet.
 */
const externalClaims = {
  externalWrites: true,
  preconditions: [],
  reads: "read-your-writes",
} as const;

const defaultRescanMs = 30_000;
/** What a timer can wait; from more it would make 1 ms. */
const longestRescanMs = 2 ** 31 - 1;

/** How often everything is looked at; undefined where nobody else writes. */
function rescanMsOf(externalWrites: FsBackendOptions["externalWrites"]): number | undefined {
  if (externalWrites === undefined || externalWrites === false) return undefined;
  return externalWrites === true ? defaultRescanMs : (externalWrites.rescanMs ?? defaultRescanMs);
}

/** See `createFsBackend`. */
export async function openFsBackend(options: FsBackendOptions, disk: Disk): Promise<StoreBackend> {
  checkOptions(options);
  const { root, faceName, adapters, durability = "power-loss", ...rest } = options;
  const { journal, platformProfile, onOpen, onProgress, externalWrites } = rest;
  const begun = performance.now();
  try {
    const rescanMs = rescanMsOf(externalWrites);
    const isAlone = rescanMs === undefined;
    const demands = {
      isAlone,
      faceName,
      durability,
      journal,
      profile: platformProfile,
      onProgress,
    };
    const { driver, tree } = await openRoot(root, demands, disk);
    const backend = await createBackend(
      rescanMs === undefined ? driver : new ExternalDriver(driver, tree, rescanMs),
      {
        name,
        capabilities: {
          durability,
          restore: "atomic",
          sharing: "exclusive",
          ...(isAlone ? {} : externalClaims),
        },
        ...(adapters === undefined ? {} : { adapters }),
      },
    );
    const milliseconds = performance.now() - begun;
    if (onOpen !== undefined) {
      const { resources, damaged } = backend.diagnostics().counts;
      const report = { ...driver.diagnostics(), resources, damaged, milliseconds };
      notify(`onOpen of the store ${report.root}`, onOpen, report);
    }
    return backend;
  } catch (error) {
    if (error instanceof TypeError) throw error;
    if (!(error instanceof StoreFailedError)) {
      const isSystems = errnoOf(error) !== undefined;
      throw BackendError.from(isSystems ? fsError(error, `open ${root}`) : error, details);
    }
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
  checkExternalWrites(options.externalWrites);
  if (options.journal === true && rescanMsOf(options.externalWrites) !== undefined) {
    throw new TypeError(
      "with a journal the files come later: nobody else can write them meanwhile",
    );
  }
  for (const observer of ["onOpen", "onProgress"] as const) {
    const type = typeof options[observer];
    if (type !== "undefined" && type !== "function") {
      throw new TypeError(`${observer} must be a function, not ${type}`);
    }
  }
}

function checkExternalWrites(value: unknown): void {
  if (value === undefined || typeof value === "boolean") return;
  const rescanMs =
    typeof value === "object" && value !== null && "rescanMs" in value ? value.rescanMs : 1;
  if (
    typeof value !== "object" ||
    value === null ||
    !Number.isInteger(rescanMs) ||
    Number(rescanMs) < 1 ||
    Number(rescanMs) > longestRescanMs
  ) {
    throw new TypeError(
      `externalWrites must be a boolean or { rescanMs }, an integer from 1 to ${longestRescanMs}`,
    );
  }
}

function checkText(what: string, value: unknown): void {
  if (typeof value !== "string")
    throw new TypeError(`${what} must be a string, not ${typeof value}`);
  if (value === "" || !value.isWellFormed()) {
    throw new TypeError(`${what} must be well-formed text, not empty`);
  }
}
