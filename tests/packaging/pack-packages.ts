/** Packs every published package once, as `pnpm publish` would, for the tests beside this file. */

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";
import { type PackedPackage, packPackages } from "../../tools/workspace/pack-packages.ts";

declare module "vitest" {
  export interface ProvidedContext {
    packedPackages: readonly PackedPackage[];
  }
}

/** Called by vitest before the tests of this project; what it returns is called after them. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const directory = await mkdtemp(join(tmpdir(), "engenho-packed-"));
  const remove = (): Promise<void> => rm(directory, { recursive: true });
  try {
    const repository = join(import.meta.dirname, "../..");
    project.provide("packedPackages", await packPackages(repository, directory));
  } catch (error) {
    await remove();
    throw error;
  }
  return remove;
}
