/** What the tests of sealed files share: places, and failures with their kinds. */

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CatalogSnapshotError } from "@engenho/sdk/sealed";
import { onTestFinished } from "vitest";

/** An empty directory that goes when the test ends. */
export function makeDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), "engenho-sealed-"));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

/** What an act throws or rejects with; fails if it does not, or with anything but a CatalogSnapshotError. */
export async function failureOf(act: () => unknown): Promise<CatalogSnapshotError> {
  let value: unknown;
  try {
    value = await act();
  } catch (error) {
    if (CatalogSnapshotError.is(error)) return error;
    throw new Error("not a CatalogSnapshotError", { cause: error });
  }
  throw new Error(`gave ${String(value)} instead of failing`);
}

/** The kind of {@link failureOf}. */
export async function kindOf(act: () => unknown): Promise<string> {
  return (await failureOf(act)).kind;
}
