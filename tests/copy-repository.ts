/** A copy of this repository, for tests that change it or that must not lean on what is built here. */

import { existsSync } from "node:fs";
import { cp, mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { runCommand } from "./run-command.ts";

const repository = join(import.meta.dirname, "..");

/** Copies what git would commit, and no history. */
export async function copyRepository(target: string): Promise<void> {
  const files = await demand("git", ["ls-files", "-co", "--exclude-standard"], repository);
  for (const path of files.trim().split("\n")) {
    if (!existsSync(join(repository, path))) continue; // removed, and not yet committed
    await mkdir(dirname(join(target, path)), { recursive: true });
    await cp(join(repository, path), join(target, path));
  }
}

/** Gives a copy its node_modules, from what pnpm has on this machine. */
export async function installCopy(target: string): Promise<void> {
  await demand("pnpm", ["install", "--frozen-lockfile", "--prefer-offline"], target);
}

/** What the command writes; rejects with it if the command fails. */
async function demand(file: string, args: readonly string[], cwd: string): Promise<string> {
  const { code, output } = await runCommand(file, args, cwd);
  if (code !== 0) throw new Error(`${file} ${args.join(" ")} in ${cwd} failed:\n${output}`);
  return output;
}
