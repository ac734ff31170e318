/** Copies a checkout, for what changes it or must not lean on what is built there. */

import { existsSync } from "node:fs";
import { cp, mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { demand } from "./demand.ts";

/** Copies what git would commit, and no history. */
export async function copyRepository(repository: string, target: string): Promise<void> {
  const files = await demand("git", ["ls-files", "-co", "--exclude-standard"], repository);
  for (const path of files.trim().split("\n")) {
    if (!existsSync(join(repository, path))) continue; // removed, and not yet committed
    await mkdir(dirname(join(target, path)), { recursive: true });
    await cp(join(repository, path), join(target, path));
  }
}

/** Gives a copy its node_modules, from what pnpm has on this machine already. */
export async function installCopy(target: string): Promise<void> {
  await demand("pnpm", ["install", "--frozen-lockfile", "--prefer-offline"], target);
}
