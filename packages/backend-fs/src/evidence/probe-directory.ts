/** A directory in the root to try things in: gone afterwards, and what a killed process left is cleared. */

import { lstat, mkdir, readdir, rmdir, unlink } from "node:fs/promises";
import { join } from "node:path";
import { BackendError } from "@engenho/sdk";
import { fsError, unlessMissing } from "../fs-error.ts";

/** A hidden name, which is no resource's. */
const probeDirectory = ".engenho-probe";

/** Names for the probes to use. Nothing else is ever removed. */
export const probeNames = {
  file: "file",
  other: "other",
  symbolicLink: "symbolic-link",
  hardLink: "hard-link",
  letters: "letters",
  composed: "\u00e9",
  decomposed: "e\u0301",
  /** @param bytes From 1 to 255. */
  ofLength: (bytes: number): string => "n".repeat(bytes),
} as const;

const ownNames: ReadonlySet<string> = new Set(
  Object.values(probeNames).filter((name) => typeof name === "string"),
);

/**
 * Runs probes in the directory.
 *
 * @throws BackendError `conflict` if somebody else uses the name; the operating system's ENOSPC or EDQUOT
 * where the directory cannot be made for want of space.
 */
export async function inProbeDirectory<T>(
  root: string,
  probe: (directory: string) => Promise<T>,
): Promise<T> {
  const directory = join(root, probeDirectory);
  await clear(directory);
  await mkdir(directory, { mode: 0o700 });
  try {
    return await probe(directory);
  } finally {
    await clear(directory);
  }
}

async function clear(directory: string): Promise<void> {
  const found = await unlessMissing(lstat(directory));
  if (found === undefined) return;
  if (!found.isDirectory()) throw notOurs(directory);
  const entries = await readdir(directory, { withFileTypes: true });
  const foreign = entries.find((entry) => entry.isDirectory() || !isOurs(entry.name));
  if (foreign !== undefined) throw notOurs(join(directory, foreign.name));
  try {
    for (const { name } of entries) await unlessMissing(unlink(join(directory, name)));
    await rmdir(directory);
  } catch (error) {
    throw fsError(error, `remove ${directory}`);
  }
}

function isOurs(name: string): boolean {
  return ownNames.has(name.normalize("NFC")) || ownNames.has(name) || /^n+$/.test(name);
}

function notOurs(path: string): BackendError {
  return new BackendError(
    "conflict",
    `${path} is not the store's and stands where it would be lost`,
  );
}
